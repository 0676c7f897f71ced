-- Lets a backfill go on; what failed is tried again. KEYS[2]: the set of those that run. ARGV:
-- outlet, plan, now, then id, turn, source and address of each source that it may not have had yet.
-- Returns how many sources are tried again.
local done, retried = redis.call('HGET', key('counts'), 'done') or '0', 0
local failed = redis.call('HGETALL', key('failed_sources'))
for i = 1, #failed, 2 do
  redis.call('HSET', key('sources'), failed[i], failed[i + 1])
  redis.call('ZADD', key('order'), redis.call('HGET', key('turns'), failed[i]) or '0', failed[i])
  count('sources_read', -1)
  retried = retried + 1
end
redis.call('DEL', key('failed'), key('failed_sources'))
for _, id in ipairs(redis.call('ZRANGE', key('later'), 0, -1)) do
  redis.call('ZADD', key('order'), redis.call('HGET', key('turns'), id) or '0', id)
end
redis.call('DEL', key('later'))
if redis.call('HGET', key('state'), 'state') ~= 'running' then
  -- the time in which it stood still says nothing of its rate
  redis.call('DEL', key('samples'))
  redis.call('RPUSH', key('samples'), ARGV[3] .. ':' .. done)
end
redis.call('HSET', key('state'), 'state', 'running', 'plan', ARGV[2])
for i = 4, #ARGV, 4 do add_source(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
redis.call('HDEL', key('state'), 'finished')
redis.call('SADD', KEYS[2], ARGV[1])
return retried
