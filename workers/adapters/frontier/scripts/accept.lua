-- The worker begins on its lease. ARGV: lease, until when it is held. Returns the pages' keys: none
-- if the lease has ended or another delivery of it was accepted before.
local lease, moment = ARGV[1], tonumber(ARGV[2])
if redis.call('HEXISTS', leased, lease) == 0 then return {} end
if redis.call('SADD', taken, lease) == 0 then return {} end
redis.call('ZADD', leases, 'XX', moment, lease)
return redis.call('SMEMBERS', key('lease:' .. lease))
