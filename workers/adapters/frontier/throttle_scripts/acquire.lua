-- Asks for one request. ARGV from 2: interval, most requests at a time, seconds that a permit is
-- held, factor and cap of the adaptive interval, a new token. Returns the token and '0', or '' and
-- the seconds to wait.
local interval, most, held = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local factor, cap, token = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
interval = math.min(MAX_SECONDS, math.max(interval, math.min(cap, factor * number('elapsed'))))
redis.call('HSET', clock, 'interval', tostring(interval), 'most', most)
redis.call('ZREMRANGEBYSCORE', busy, '-inf', now)
local stop, next_turn = moment_of('stop'), moment_of('next')
keep(math.max(stop, next_turn))
if math.max(stop, next_turn) > now then return {'', tostring(math.max(stop, next_turn) - now)} end
if redis.call('ZCARD', busy) >= most then return {'', tostring(math.max(0.05, interval / 4))} end
redis.call('ZADD', busy, now + held, token)
redis.call('EXPIRE', busy, math.ceil(held) + 60)
redis.call('HSET', clock, 'next', string.format('%.6f', now + interval))
return {token, '0'}
