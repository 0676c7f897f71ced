-- Notes what came of a part of a WARC file that a walker reads. KEYS[2]: the backfill's prefix.
-- ARGV: now, the source's id, walker, source, number of known pages, id in hex and key of a page
-- that is new ('' if there is none), then why, number and example of what was left out. Returns 1,
-- or 0 if the source is not the walker's any more.
local base = KEYS[2]
local now, source, walker = moment_of(ARGV[1]), ARGV[2], ARGV[3]
if redis.call('HGET', base .. ':claims', source) ~= walker then return 0 end
if redis.call('HEXISTS', base .. ':sources', source) == 0 then return 0 end
redis.call('HSET', base .. ':sources', source, ARGV[4])
local known, hex, id = tonumber(ARGV[5]), ARGV[6], ARGV[7]
if hex ~= '' then
  redis.call('SADD', base .. ':open', hex)
  redis.call('HINCRBY', base .. ':counts', 'new', 1)
  note_seen(id, now)
end
redis.call('HINCRBY', base .. ':counts', 'known', known)
redis.call('HINCRBY', base .. ':counts', 'links', known + (hex ~= '' and 1 or 0))
for i = 8, #ARGV, 3 do
  redis.call('HINCRBY', base .. ':left_out', ARGV[i], ARGV[i + 1])
  redis.call('HSETNX', base .. ':left_at', ARGV[i], ARGV[i + 2])
end
return 1
