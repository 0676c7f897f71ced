-- Registers the address of an article under the numbers that may be its story's, and answers what
-- else is known of them, in one step: of two addresses that come at the same moment the second to
-- run sees the first.
--
-- ARGV: address id, record, seconds of the window, seconds of the finer sketch, most addresses of
--       one number, then of each number: the id that the version before gave its document, and that
--       id's print
-- Answers: the document id if it is settled, or '', then of each earlier address with the same
--          number: its id, its document id, record
-- Comes after head.lua, tables.lua, articles.lua and addresses.lua, and uses their locals.
local address, record, window, short = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local limit = tonumber(ARGV[5])

local earlier, told = {}, {}
local function tell_earlier(other, document, found)
  if told[other] then return end
  told[other] = true
  earlier[#earlier + 1] = other
  earlier[#earlier + 1] = document == UNSETTLED and '' or document
  earlier[#earlier + 1] = found
end

local function put_all(entries, document)
  for at, entry in pairs(entries) do
    put(KEYS[at], address, entry.place, document, record)
    call('EXPIRE', KEYS[at], window)
  end
end

local entries, settled = entries_of(address)
if settled then
  put_all(entries, settled)
  return {settled}
end

for at = 2, #KEYS do
  local key, id, print = KEYS[at], ARGV[2 + 2 * at], ARGV[3 + 2 * at]
  local all, others = call('HGETALL', key), {}
  local mine = entries[at] and entries[at].place or #all / 2 + 1
  for i = 1, #all, 2 do
    local entry = entry_of(all[i + 1])
    if entry.place < mine then others[#others + 1] = {all[i], entry} end
  end
  table.sort(others, function(one, other) return one[2].place < other[2].place end)
  for _, other in ipairs(others) do tell_earlier(other[1], other[2].document, other[2].record) end
  -- The version before has indexed it under a number alone, if it is remembered.
  local _, before = article_under(id, print, window, short)
  if before then tell_earlier(id, id, before) end
  if mine <= limit then entries[at] = {place = mine} end
end
if #earlier > 0 then
  put_all(entries, UNSETTLED)
  return {'', unpack(earlier)}
end
put_all(entries, address)
return {address}
