-- Notes how alike an article is to its nearest ones, and makes its event and others one: that of the
-- article that came first, whose name it keeps. Events that would be too large together stay two.
--
-- ARGV: number, seconds of the window, most neighbours, most articles of an event, how many
--       neighbours are given, those (number, similarity as a byte), highest first, then the events to
--       join
-- Answers: stamp, event, its name, how many tell it, then the ids of those that came to it
-- Comes after head.lua and uses its locals.
local number, window, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bound, given = tonumber(ARGV[4]), tonumber(ARGV[5])

local function keep(of, nearest)
  table.sort(nearest, function(a, b)
    if a[2] ~= b[2] then return a[2] > b[2] end
    return a[1] < b[1]
  end)
  local packed = {}
  for at = 1, math.min(most, #nearest) do
    packed[at] = struct.pack('<I4B', nearest[at][1], nearest[at][2])
  end
  note_fact('k', of, table.concat(packed), window)
end

local function nearest_but(of, without)
  local packed, nearest = neighbours_of(of), {}
  for at = 1, #packed, 5 do
    local other, similarity = unpacked('<I4B', packed, at)
    if other ~= without then nearest[#nearest + 1] = {other, similarity} end
  end
  return nearest
end

local own = {}
for at = 6, 4 + 2 * given, 2 do
  local other, similarity = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  own[#own + 1] = {other, similarity}
  local nearest = nearest_but(other, number)
  if #nearest < most or nearest[#nearest][2] < similarity then
    nearest[#nearest + 1] = {number, similarity}
    keep(other, nearest)
  end
end
if given > 0 then keep(number, own) end

local target = event_of(number)
local events, seen = {target}, {[target] = true}
for at = 6 + 2 * given, #ARGV do
  local event = event_of(tonumber(ARGV[at]))
  if not seen[event] then events[#events + 1] = event end
  seen[event] = true
end
table.sort(events)

local size = size_of(target)
for _, event in ipairs(events) do
  if event < target and size_of(event) + size <= bound then
    target = event
    break
  end
end

local key, moved, numbers = P .. ':m:' .. target, {}, {}
local name = name_of(target)
size = size_of(target)
local function take(event)
  for other, id in pairs((members_of(event))) do
    moved[#moved + 1], numbers[#numbers + 1] = id, other
    call('HSET', key, other, id)
    note_fact('e', other, target, window)
  end
  call('DEL', P .. ':m:' .. event)
end
for _, event in ipairs(events) do
  local more = event > target and size_of(event) or 0
  if more > 0 and size + more <= bound then
    if size == 1 then call('HSET', key, target, name) end
    take(event)
    size = size + more
  end
end

local at = stamp()
local answer = {at, target, name, size}
for _, id in ipairs(moved) do answer[#answer + 1] = id end
if #numbers > 0 then
  call('EXPIRE', key, window)
  local mine = record_of(number)
  if mine then note_moved(id_of(mine), numbers, at, window) end
end
return answer
