-- Moves pages of a backfill from its list into the frontier. KEYS[2]: the backfill's prefix. ARGV:
-- now, bound, how many were moved when the list was read, then for each of its first pages its id
-- in hex, key, host, site and row. Returns how many were moved and how many of them are new, or nil
-- if others were faster or the backfill does not run.
local base = KEYS[2]
local counts = base .. ':counts'
local now, bound = moment_of(ARGV[1]), tonumber(ARGV[2])
if (redis.call('HGET', counts, 'moved') or '0') ~= ARGV[3] then return nil end
if redis.call('HGET', base .. ':state', 'state') ~= 'running' then return nil end
local held = redis.call('HLEN', pages) + tonumber(redis.call('GET', seen_count) or '0')
local moved, new = 0, 0
for i = 4, #ARGV, 5 do
  local hex, id, host, site, page = unpack(ARGV, i, i + 4)
  local answer = offer(id, host, site, page, now, held + new >= bound)
  if answer == 'refused' then break end
  moved = moved + 1
  if answer == 'new' then
    new = new + 1
    redis.call('SADD', base .. ':open', hex)
  end
end
redis.call('LTRIM', base .. ':links', moved, -1)
redis.call('HINCRBY', counts, 'moved', moved)
redis.call('HINCRBY', counts, 'new', new)
redis.call('HINCRBY', counts, 'known', moved - new)
return {moved, new}
