-- Answers how many articles are known, and how many of them have each term:
-- numbers of 4 bytes, packed, as a client takes long for many small answers.
--
-- ARGV: epoch, then the places of the counters, packed
-- Comes after head.lua and uses its locals.
local wanted = {}
for at, place in ipairs(places_in(ARGV[2])) do
  wanted[3 * at - 2], wanted[3 * at - 1], wanted[3 * at] = 'GET', 'u32', place
end
local counts = call('BITFIELD', P .. ':f:' .. ARGV[1], unpack(wanted))
local before = P .. ':f:' .. ARGV[1] - 1
if call('EXISTS', before) == 1 then
  for at, count in ipairs(call('BITFIELD', before, unpack(wanted))) do
    counts[at] = counts[at] + count
  end
end
return struct.pack('<' .. string.rep('I4', #counts), unpack(counts))
