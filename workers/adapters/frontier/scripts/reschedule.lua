-- Queues a page for a moment although it was seen. ARGV: key, host, site, row, moment. Returns 0 if
-- it waits already for a moment that is no later, else 1.
local id, host, site, page, moment = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if redis.call('HEXISTS', pages, id) == 1 then
  local waits_until = redis.call('ZSCORE', later, id)
  if not waits_until or tonumber(waits_until) <= tonumber(moment) then return 0 end
  redis.call('HDEL', tries, id)
end
redis.call('HSET', pages, id, page)
redis.call('HSET', sites, host, site)
redis.call('ZADD', later, moment, id)
return 1
