-- A page has come to its end and counts as seen. ARGV: now, lease, key of the page, '1' if it may
-- return. Returns 1 if the page was waiting or leased, else 0.
local MAX_RETURN_SECONDS, MEMORY_SECONDS, FORGET_AT_ONCE = 86400, 30 * 86400, 10

local function set_return(id, now)
  local failures = redis.call('HINCRBY', returns, id, 1)
  local grown = math.min(MAX_RETURN_SECONDS, 3600 * 2 ^ math.min(20, failures - 2))
  local wait = failures == 1 and 0 or grown
  redis.call('ZADD', return_at, now + wait, id)
  local last = now - MEMORY_SECONDS
  local olds = redis.call('ZRANGEBYSCORE', return_at, '-inf', last, 'LIMIT', 0, FORGET_AT_ONCE)
  for _, old in ipairs(olds) do
    redis.call('ZREM', return_at, old)
    redis.call('HDEL', returns, old)
  end
end

local now, lease, id = moment_of(ARGV[1]), ARGV[2], ARGV[3]
redis.call('SREM', key('lease:' .. lease), id)
local page = redis.call('HGET', pages, id)
if page then
  dequeue(id, page)
  redis.call('ZREM', later, id)
  redis.call('HDEL', pages, id)
  redis.call('HDEL', tries, id)
  redis.call('SREM', suspects, id)
  redis.call('SREM', exhausted, id)
  if ARGV[4] == '1' then set_return(id, now) else redis.call('HDEL', returns, id) end
  note_seen(id, now)
end
close_if_empty(lease, now)
return page and 1 or 0
