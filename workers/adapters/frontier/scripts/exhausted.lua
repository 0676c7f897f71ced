-- Returns the events of pages whose attempts are used up. ARGV: how many at most.
local answer = {}
for _, id in ipairs(redis.call('SRANDMEMBER', exhausted, tonumber(ARGV[1]))) do
  local page = redis.call('HGET', pages, id)
  if page then
    answer[#answer + 1] = string.sub(page, string.find(page, '\n', 1, true) + 1)
  else
    redis.call('SREM', exhausted, id)
  end
end
return answer
