-- Registers the address of an article under the numbers that may be its story's, and answers what
-- else is known of them, in one step: of two addresses that come at the same moment the second to
-- run sees the first.
--
-- KEYS, from the second: one hash for each number: address id → place in order, document id (16
--       bytes; spaces until it is settled), record
-- ARGV: address id, record, seconds of the window, seconds of the finer sketch, most addresses of
--       one number, then of each number: the id that the version before gave its document, and that
--       id's print
-- Answers: the document id if it is settled, or '', then of each earlier address with the same
--          number: its id, its document id, record
-- Comes after head.lua and tables.lua, and uses their locals.
local address, record, window, short = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local limit, UNSETTLED, PLACE, ID = tonumber(ARGV[5]), rep(' ', 16), 4, 16

local function entry_of(value)
  local place = unpacked('>I4', value)
  return place, sub(value, PLACE + 1, PLACE + ID), sub(value, PLACE + ID + 1)
end

local function put(key, place, document)
  call('HSET', key, address, pack('>I4', place) .. document .. record)
  call('EXPIRE', key, window)
end

-- The article that the version before has indexed under a number alone, if it is remembered.
local function record_under(id, print)
  local long = open_tables(tonumber(call('TIME')[1]), window, short)
  for _, t in ipairs({long.young, long.old or nil}) do
    read(t, print)
    local value, short_print = t.values[t.slots[1]], sub(print, 2)
    local at = value and find(value, short_print, 1, true)
    for _, other in ipairs(at and owners(value, short_print, at) or {}) do
      local found = record_of(other)
      if found and id_of(found) == id then return found end
    end
  end
end

local earlier, settled, told = {}, nil, {}
local function tell_earlier(other, document, found)
  if told[other] then return end
  told[other] = true
  earlier[#earlier + 1] = other
  earlier[#earlier + 1] = document == UNSETTLED and '' or document
  earlier[#earlier + 1] = found
end

for at = 2, #KEYS do
  local known = call('HGET', KEYS[at], address)
  if known then
    local _, document = entry_of(known)
    if document ~= UNSETTLED then settled = document end
  end
end
if settled then
  for at = 2, #KEYS do
    local known = call('HGET', KEYS[at], address)
    if known then
      local place = entry_of(known)
      put(KEYS[at], place, settled)
    end
  end
  return {settled}
end

for at = 2, #KEYS do
  local key, id, print = KEYS[at], ARGV[2 + 2 * at], ARGV[3 + 2 * at]
  local own = call('HGET', key, address)
  local mine, others = own and entry_of(own) or call('HLEN', key) + 1, {}
  local all = call('HGETALL', key)
  for i = 1, #all, 2 do
    local place, document, found = entry_of(all[i + 1])
    if place < mine then others[#others + 1] = {place, all[i], document, found} end
  end
  table.sort(others, function(one, other) return one[1] < other[1] end)
  for _, other in ipairs(others) do tell_earlier(other[2], other[3], other[4]) end
  local before = record_under(id, print)
  if before then tell_earlier(id, id, before) end
  if own or mine <= limit then put(key, mine, UNSETTLED) end
end
if #earlier > 0 then return {'', unpack(earlier)} end
for at = 2, #KEYS do
  local own = call('HGET', KEYS[at], address)
  if own then put(KEYS[at], (entry_of(own)), address) end
end
return {address}
