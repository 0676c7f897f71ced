-- A page has come to its end and counts as seen. ARGV: now, lease, key of the page. Returns 1 if the
-- page was waiting or leased, else 0.
local now, lease, id = moment_of(ARGV[1]), ARGV[2], ARGV[3]
redis.call('SREM', key('lease:' .. lease), id)
local page = redis.call('HGET', pages, id)
if page then
  local _, host = head(page)
  redis.call('ZREM', key('q:' .. host), id)
  redis.call('ZREM', later, id)
  redis.call('HDEL', pages, id)
  redis.call('HDEL', tries, id)
  redis.call('SREM', suspects, id)
  redis.call('SREM', exhausted, id)
  if redis.call('HSET', seen_key(id), string.sub(id, 3), day_of(now)) == 1 then
    redis.call('INCR', seen_count)
  end
end
close_if_empty(lease, now)
return page and 1 or 0
