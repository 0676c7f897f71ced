-- The clock of one site. KEYS[1] its hash, KEYS[2] its requests under way (token -> expiry).
-- ARGV: verb, now (seconds, or '' for the server's time), then what the verb needs.
local verb, now = ARGV[1], tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1e6
end
local clock, busy = KEYS[1], KEYS[2]
local FORGET_SECONDS, SMOOTHING = 86400, 0.3
local LONGEST_SECONDS = 86400 -- a slip in a robots.txt or a file must not end a site

local function number(field) return tonumber(redis.call('HGET', clock, field) or '0') end
local function moment_of(field) return math.min(now + LONGEST_SECONDS, number(field)) end
local function keep(until_moment)
  redis.call('EXPIRE', clock, math.ceil(math.max(FORGET_SECONDS, until_moment - now + 60)))
end

if verb == 'turn' then
  local interval, most, held = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
  local factor, cap, token = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
  interval = math.min(LONGEST_SECONDS, math.max(interval, math.min(cap, factor * number('elapsed'))))
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
elseif verb == 'done' then
  local token, elapsed, has_failed = ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1'
  local shortest, longest, pause = tonumber(ARGV[6]), tonumber(ARGV[7]), 0
  redis.call('ZREM', busy, token)
  if has_failed then
    pause = math.min(longest, shortest * 2 ^ math.min(20, number('failures')))
    redis.call('HINCRBY', clock, 'failures', 1)
    redis.call('HSET', clock, 'stop', string.format('%.6f', math.max(moment_of('stop'), now + pause)))
  else
    redis.call('HDEL', clock, 'failures')
  end
  local before = number('elapsed')
  local mean = before == 0 and elapsed or before + SMOOTHING * (elapsed - before)
  redis.call('HSET', clock, 'elapsed', string.format('%.6f', mean))
  -- With one request at a time the pause runs from its end: then no delay on the way can bring two
  -- requests closer together at the host than the interval.
  if number('most') <= 1 then
    local moment = now + number('interval')
    if moment > moment_of('next') then redis.call('HSET', clock, 'next', string.format('%.6f', moment)) end
  end
  keep(math.max(moment_of('stop'), moment_of('next')))
  return {'', tostring(pause)}
elseif verb == 'stop' then
  local moment = math.max(moment_of('stop'), now + math.min(LONGEST_SECONDS, tonumber(ARGV[3])))
  redis.call('HSET', clock, 'stop', string.format('%.6f', moment))
  keep(moment)
  return {'', tostring(moment - now)}
end
return redis.error_reply('unknown verb ' .. verb)
