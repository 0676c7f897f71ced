-- A walker gives a source back until a moment. ARGV: its id, walker, source, moment. Returns 1, or
-- 0 if it is not the walker's any more.
local id = ARGV[1]
if redis.call('HGET', key('claims'), id) ~= ARGV[2] then return 0 end
redis.call('HSET', key('sources'), id, ARGV[3])
redis.call('HDEL', key('claims'), id)
redis.call('ZREM', key('order'), id)
redis.call('ZADD', key('later'), ARGV[4], id)
return 1
