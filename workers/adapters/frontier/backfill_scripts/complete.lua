-- A source is over; of two readers the first one counts. ARGV: its id, its failure and itself (two
-- empty texts if it has not failed), then three numbers, each before as many: pages; sources (id,
-- turn, source, address); what was left out (why, number, address). Returns 1, or 0 if it was over.
local id = ARGV[1]
if redis.call('HDEL', key('sources'), id) == 0 then return 0 end
redis.call('ZREM', key('order'), id)
redis.call('ZREM', key('later'), id)
redis.call('HDEL', key('claims'), id)
count('sources_read', 1)
if ARGV[2] ~= '' then
  redis.call('HSET', key('failed'), id, ARGV[2])
  redis.call('HSET', key('failed_sources'), id, ARGV[3])
end
local at = 4
local function next_rows(width)
  local rows, number = {}, tonumber(ARGV[at])
  for row = 1, number do
    rows[row] = {unpack(ARGV, at + 1 + (row - 1) * width, at + row * width)}
  end
  at = at + 1 + number * width
  return rows
end
local pages = next_rows(1)
for _, row in ipairs(pages) do redis.call('RPUSH', key('links'), row[1]) end
count('links', #pages)
for _, row in ipairs(next_rows(4)) do add_source(unpack(row)) end
for _, row in ipairs(next_rows(3)) do leave_out(unpack(row)) end
return 1
