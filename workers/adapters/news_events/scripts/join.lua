-- Notes how alike an article is to its nearest ones, and makes its event and others one: that of the
-- article that came first, whose name it keeps.
--
-- ARGV: number, seconds of the window, most neighbours, how many are given, those (number,
--       similarity as a byte), highest first, then the events to join
-- Answers: stamp, event, its name, how many tell it, then the ids of those that came to it
-- Comes after head.lua and uses its locals.
local number, window, most, given =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local function keep(of, nearest)
  table.sort(nearest, function(a, b)
    if a[2] ~= b[2] then return a[2] > b[2] end
    return a[1] < b[1]
  end)
  local packed = {}
  for at = 1, math.min(most, #nearest) do
    packed[at] = struct.pack('<I4B', nearest[at][1], nearest[at][2])
  end
  call('HSET', shard('k', of, 256), of, table.concat(packed))
  call('EXPIRE', shard('k', of, 256), window)
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
for at = 5, 3 + 2 * given, 2 do
  local other, similarity = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  own[#own + 1] = {other, similarity}
  local nearest = nearest_but(other, number)
  if #nearest < most or nearest[#nearest][2] < similarity then
    nearest[#nearest + 1] = {number, similarity}
    keep(other, nearest)
  end
end
if given > 0 then keep(number, own) end

local mine = event_of(number)
local events, target = {[mine] = true}, mine
for at = 5 + 2 * given, #ARGV do
  local event = event_of(tonumber(ARGV[at]))
  events[event] = true
  if event < target then target = event end
end

local members, size = members_of(target)
local key, moved = P .. ':m:' .. target, {}
for event in pairs(events) do
  local others = event ~= target and members_of(event) or {}
  for other, id in pairs(others) do
    moved[#moved + 1], members[other], size = id, id, size + 1
    call('HSET', shard('e', other, 64), other, target)
    call('EXPIRE', shard('e', other, 64), window)
  end
  if event ~= target then call('DEL', P .. ':m:' .. event) end
end
if #moved > 0 then
  local flat = {}
  for other, id in pairs(members) do
    flat[#flat + 1], flat[#flat + 2] = other, id
  end
  for at = 1, #flat, 2 do call('HSET', key, flat[at], flat[at + 1]) end
  call('EXPIRE', key, window)
end
return {stamp(), target, members[target] or '', size, unpack(moved)}
