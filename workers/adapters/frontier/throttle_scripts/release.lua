-- A request is over. ARGV from 2: token, elapsed seconds, '1' if the host failed, shortest and
-- longest pause. Returns '' and the seconds for which the host is left alone.
local token, elapsed, has_failed = ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local shortest, longest, pause = tonumber(ARGV[5]), tonumber(ARGV[6]), 0
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
  if moment > moment_of('next') then
    redis.call('HSET', clock, 'next', string.format('%.6f', moment))
  end
end
keep(math.max(moment_of('stop'), moment_of('next')))
return {'', tostring(pause)}
