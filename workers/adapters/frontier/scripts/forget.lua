-- Forgets pages that were last seen before a day. ARGV: first bucket, number of buckets, the day.
-- Returns how many were forgotten.
local first, number, before, gone = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), 0
for bucket = first, first + number - 1 do
  local name = key('seen:' .. string.char(math.floor(bucket / 256), bucket % 256))
  local rows = redis.call('HGETALL', name)
  for i = 1, #rows, 2 do
    if tonumber(rows[i + 1]) < before then gone = gone + redis.call('HDEL', name, rows[i]) end
  end
end
if gone > 0 then redis.call('DECRBY', seen_count, gone) end
return gone
