-- The clock of one site: the beginning of every script of the throttle. KEYS[1] is the clock's
-- hash, KEYS[2] its requests in flight (token -> expiry). ARGV[1] is now (seconds, or '' for the
-- server's time); what follows belongs to the verb.
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1e6
end
local clock, busy = KEYS[1], KEYS[2]
local FORGET_SECONDS, SMOOTHING = 86400, 0.3
local MAX_SECONDS = 86400 -- a slip in a robots.txt or a file must not end a site

local function number(field) return tonumber(redis.call('HGET', clock, field) or '0') end
local function moment_of(field) return math.min(now + MAX_SECONDS, number(field)) end
local function keep(until_moment)
  redis.call('EXPIRE', clock, math.ceil(math.max(FORGET_SECONDS, until_moment - now + 60)))
end
