-- Counts how open pages of a backfill have ended, and ends it after the last. KEYS[2]: the
-- backfill's prefix, KEYS[3]: the set of those that run. ARGV: now, prefix of the ledger's rows,
-- outlet, seconds between two samples. Returns how many have ended.
local base, running = KEYS[2], KEYS[3]
local now, rows, outlet, pause = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local MAX_SAMPLES = 60

local function bytes_of(hex)
  local bytes = string.gsub(hex, '..', function(pair) return string.char(tonumber(pair, 16)) end)
  return bytes
end

-- The end of a page, or nil while it has none. What neither frontier nor ledger know any more ended
-- so long ago that the ledger has forgotten how.
local function end_of(hex)
  if redis.call('HEXISTS', pages, bytes_of(hex)) == 1 then return nil end
  local final, state, reason = unpack(redis.call('HMGET', rows .. hex, 'final', 'state', 'reason'))
  if not state then return 'forgotten' end
  if final ~= '1' then return nil end
  return state == 'quarantined' and reason and 'quarantined: ' .. reason or state
end

local ended = 0
for _, hex in ipairs(redis.call('SMEMBERS', base .. ':open')) do
  local name = end_of(hex)
  if name then
    redis.call('SREM', base .. ':open', hex)
    redis.call('HINCRBY', base .. ':ends', name, 1)
    ended = ended + 1
  end
end
local done = redis.call('HINCRBY', base .. ':counts', 'done', ended)
local last = redis.call('LINDEX', base .. ':samples', -1)
if not last or tonumber(now) - tonumber(string.match(last, '^[^:]*')) >= pause then
  redis.call('RPUSH', base .. ':samples', now .. ':' .. done)
  redis.call('LTRIM', base .. ':samples', -MAX_SAMPLES, -1)
end
local is_empty = redis.call('SCARD', base .. ':open') == 0
local is_over = is_empty
for _, part in ipairs({':links', ':order', ':later'}) do
  is_over = is_over and redis.call('EXISTS', base .. part) == 0
end
local state = redis.call('HGET', base .. ':state', 'state')
if is_over and state == 'running' then
  redis.call('HSET', base .. ':state', 'state', 'finished', 'finished', now)
end
if is_over or (is_empty and state ~= 'running') then redis.call('SREM', running, outlet) end
return ended
