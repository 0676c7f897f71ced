-- A page of a lease has to wait. ARGV: now, lease, key, seconds to wait, '1' if the attempt counts,
-- most attempts. Returns 0 if its attempts are used up, else 1.
local MAX_WAIT_SECONDS = 21600
local now, lease, id = moment_of(ARGV[1]), ARGV[2], ARGV[3]
local wait, was_tried, most = tonumber(ARGV[4]), ARGV[5] == '1', tonumber(ARGV[6])
if redis.call('SREM', key('lease:' .. lease), id) == 0 then return 1 end
if redis.call('HEXISTS', pages, id) == 0 then
  close_if_empty(lease, now)
  return 1
end
redis.call('SREM', suspects, id)
if not was_tried then redis.call('HINCRBY', tries, id, -1) end
local is_over = was_tried and used_up(id, most)
if is_over then
  redis.call('SADD', exhausted, id)
else
  local before = tonumber(redis.call('HGET', tries, id) or '1') - 1
  if was_tried then wait = math.min(math.max(wait, MAX_WAIT_SECONDS), wait * 2 ^ before) end
  redis.call('ZADD', later, now + wait, id)
end
close_if_empty(lease, now)
return is_over and 0 or 1
