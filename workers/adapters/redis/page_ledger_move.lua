-- Moves a page's row. ARGV: page id, version (ms), state, now (ms), is final, seconds to keep,
-- step to count (or ''), is a fresh start, then field/value pairs, the url and the outlet first.
-- Answers the attempt's number, or -1 for a version older than the row's. A page that has ended
-- stays so until it is fetched again or starts afresh; only a better end counts: what is in
-- quarantine may still be indexed by a message that came twice, and not the other way round.
local row, open, counts, last, reached = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, version, state, now = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local final, keep, step, afresh = ARGV[5] == '1', tonumber(ARGV[6]), ARGV[7], ARGV[8] == '1'
local known = redis.call('HMGET', row, 'version', 'state', 'final', 'sent')
local is_newer = known[1] and tonumber(known[1]) < version
if known[1] and tonumber(known[1]) > version then return -1 end

local function attempt()
  if step == '' then return 0 end
  redis.call('HSET', last, 'step:' .. step, now)
  return redis.call('HINCRBY', row, 'tries:' .. step, 1)
end

if is_newer or afresh then
  for _, field in ipairs(redis.call('HKEYS', row)) do
    if string.sub(field, 1, 6) == 'tries:' then redis.call('HDEL', row, field) end
  end
  redis.call('HDEL', row, 'reason', 'detail', 'document_id')
elseif known[3] == '1' and (not final or state == 'quarantined') then
  return attempt()
elseif step ~= '' and known[2] == step and known[4] then
  local sent = math.min(tonumber(known[4]), tonumber(now))
  local latest = tonumber(redis.call('HGET', reached, step) or '0')
  if sent > latest then redis.call('HSET', reached, step, sent) end
end
if known[2] then redis.call('HINCRBY', counts, known[2], -1) end
redis.call('HINCRBY', counts, state, 1)
if state == 'indexed' and ARGV[11] == 'outlet' then
  redis.call('HSET', last, 'outlet:' .. ARGV[12], now)
end
redis.call('HSET', row, 'version', version, 'state', state, 'at', now)
redis.call('HSET', row, 'final', final and '1' or '0')
if step == '' and not final then redis.call('HSET', row, 'sent', now) end
for i = 9, #ARGV, 2 do redis.call('HSET', row, ARGV[i], ARGV[i + 1]) end
if final then
  redis.call('ZREM', open, id)
  redis.call('EXPIRE', row, keep)
else
  redis.call('ZADD', open, now, id)
  redis.call('PERSIST', row)
end
return attempt()
