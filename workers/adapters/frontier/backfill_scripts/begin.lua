-- Begins a backfill anew. KEYS[2]: the set of those that run, KEYS[3]: of all there were. ARGV:
-- outlet, plan, now, then id, turn, source and address of each of its first sources.
local PARTS = {
  'sources', 'turns', 'order', 'later', 'known', 'claims', 'links', 'open', 'counts', 'ends',
  'failed', 'failed_sources', 'left_out', 'left_at', 'samples', 'state'
}
for _, part in ipairs(PARTS) do redis.call('DEL', key(part)) end
redis.call('HSET', key('state'), 'plan', ARGV[2], 'state', 'running')
redis.call('RPUSH', key('samples'), ARGV[3] .. ':0')
for i = 4, #ARGV, 4 do add_source(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('SADD', KEYS[3], ARGV[1])
return 1
