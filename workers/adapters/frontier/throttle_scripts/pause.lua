-- Nobody asks the host for a while; a longer pause stays. ARGV[2]: seconds. Returns '' and the
-- seconds of the pause.
local moment = math.max(moment_of('stop'), now + math.min(MAX_SECONDS, tonumber(ARGV[2])))
redis.call('HSET', clock, 'stop', string.format('%.6f', moment))
keep(moment)
return {'', tostring(moment - now)}
