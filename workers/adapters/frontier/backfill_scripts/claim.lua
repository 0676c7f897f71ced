-- Gives a walker the first source that no other has. ARGV: now, walker, seconds that its claim
-- outlives its last sign of life. Returns the source or nil, and how many there are.
local AT_ONCE = 50
local now, walker = tonumber(ARGV[1]), ARGV[2]
redis.call('SET', key('walker:' .. walker), '1', 'EX', ARGV[3])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('later'), '-inf', now, 'LIMIT', 0, AT_ONCE)) do
  redis.call('ZREM', key('later'), id)
  redis.call('ZADD', key('order'), redis.call('HGET', key('turns'), id) or '0', id)
end
local left = redis.call('ZCARD', key('order')) + redis.call('ZCARD', key('later'))
if redis.call('HGET', key('state'), 'state') ~= 'running' then return {false, left} end
for _, id in ipairs(redis.call('ZRANGE', key('order'), 0, AT_ONCE - 1)) do
  local holder = redis.call('HGET', key('claims'), id)
  local is_held = holder and holder ~= walker
    and redis.call('EXISTS', key('walker:' .. holder)) == 1
  if not is_held then
    redis.call('HSET', key('claims'), id, walker)
    return {redis.call('HGET', key('sources'), id), left}
  end
end
return {false, left}
