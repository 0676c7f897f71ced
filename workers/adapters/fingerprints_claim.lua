-- Registers an article and answers whose text may be like its own, in one step: of two twins that
-- come at the same moment the second to run sees the first.
--
-- ARGV: print of the id, id, lasting prints, fleeting prints, record, finer sketch,
--       seconds of the window, seconds of the finer sketch, most candidates
-- Answers: number, stamp, 1 if it is known already, then of each candidate the number, record,
--          finer sketch, and the number that stands for its cluster
local id_print, id, lasting, fleeting, record, sketch = unpack(ARGV, 1, 6)
local window, short, most = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local now = tonumber(call('TIME')[1])
local SAME_ROOT, LIKELIEST, AT_ONCE = 3, 60, 1000

local function tables(kind, seconds)
  local epoch = math.floor(now / seconds)
  return {this = open_table(kind, epoch, seconds), before = open_table(kind, epoch - 1, seconds)}
end

local long_table, short_table = tables('l', window), tables('f', short)

-- All buckets that this article's prints fall in are read at once, and written back at once: what
-- a script costs is the number of its calls.
local prints, buckets, old_buckets = {}, {}, {}
local function want(t, low, high)
  local bucket = bucket_of(t, low, high)
  if t.values[bucket] == nil then
    t.wanted[#t.wanted + 1] = bucket
    t.values[bucket] = false
  end
  return bucket
end

local function add_prints(blob, of)
  local is_old = not of.before.is_new
  local place = #prints
  for at = 1, #blob, 5 do
    local low, high = unpacked('<BI4', blob, at)
    place = place + 1
    prints[place] = sub(blob, at + 1, at + 4)
    buckets[place] = want(of.this, low, high)
    old_buckets[place] = is_old and want(of.before, low, high)
  end
  return place
end

local function read(t)
  for start = 1, #t.wanted, AT_ONCE do
    local last = math.min(#t.wanted, start + AT_ONCE - 1)
    for at, value in ipairs(call('HMGET', t.key, unpack(t.wanted, start, last))) do
      t.values[t.wanted[start + at - 1]] = value
    end
  end
end

local function write(t)
  for start = 1, #t.written, AT_ONCE do
    local pairs_of = {}
    for at = start, math.min(#t.written, start + AT_ONCE - 1) do
      pairs_of[#pairs_of + 1] = t.written[at]
      pairs_of[#pairs_of + 1] = t.values[t.written[at]]
    end
    call('HSET', t.key, unpack(pairs_of))
  end
  close_table(t)
end

add_prints(id_print, long_table)
local last_lasting = add_prints(lasting, long_table)
local last_print = add_prints(fleeting, short_table)
for _, of in ipairs({long_table, short_table}) do
  read(of.this)
  read(of.before)
end

local function each_owner(value, print, visit)
  local at = value and find(value, print, 1, true)
  while at do
    if at % POSTING == 1 then visit(unpacked('<I4', value, at + 4)) end
    at = find(value, print, at + 1, true)
  end
end

local known, stored
local function look_for_id(number)
  local found = record_of(number)
  if found and id_of(found) == id then known, stored = number, found end
end
each_owner(long_table.this.values[buckets[1]], prints[1], look_for_id)
each_owner(long_table.before.values[old_buckets[1]], prints[1], look_for_id)
local number = known or call('INCR', P .. ':n')
local field = tostring(number)
local mine = struct.pack('<I4', number)

local counts, order, taken, is_mine = {}, {}, 0, false
local function count(other)
  if other == number then return end
  if not counts[other] then order[#order + 1] = other end
  counts[other] = (counts[other] or 0) + 1
end
local function pass(other)
  taken = taken + 1
  is_mine = is_mine or other == number
end
local function count_taken(other)
  pass(other)
  count(other)
end

local function post(of, place, visit)
  local t, print, bucket = of.this, prints[place], buckets[place]
  local value = t.values[bucket]
  taken, is_mine = 0, false
  each_owner(value, print, visit)
  if place > 1 then each_owner(of.before.values[old_buckets[place]], print, count) end
  if is_mine or taken >= OWNERS then return end
  if not t.is_written[bucket] then
    t.is_written[bucket] = true
    t.written[#t.written + 1] = bucket
  end
  t.values[bucket] = (value or '') .. print .. mine
  t.added = t.added + 1
end

post(long_table, 1, pass)
for place = 2, last_print do
  post(place > last_lasting and short_table or long_table, place, count_taken)
end
write(long_table.this)
write(short_table.this)

local is_old = false
if stored then
  local _, _, fetched = id_of(stored)
  local _, _, new = id_of(record)
  is_old = new < fetched
end
if not is_old then
  call('HSET', shard('r', number, 256), field, record)
  call('EXPIRE', shard('r', number, 256), ARGV[7])
  call('HSET', shard('h', number, 256), field, sketch)
  call('EXPIRE', shard('h', number, 256), ARGV[8])
end

table.sort(order, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)

-- The likeliest of every cluster before the second of any: a round-up shows by how many it meets.
local ranks, roots, met = {{}, {}, {}}, {}, {}
for at = 1, math.min(#order, LIKELIEST) do
  local root = root_of(order[at])
  met[root] = (met[root] or 0) + 1
  roots[order[at]] = root
  if met[root] <= SAME_ROOT then table.insert(ranks[met[root]], order[at]) end
end

taken = 0
local answer = {number, stamp(), known and 1 or 0}
for _, rank in ipairs(ranks) do
  for _, other in ipairs(rank) do
    if taken < most and tell(answer, other) then
      taken = taken + 1
      answer[#answer + 1] = roots[other]
    end
  end
end
return answer
