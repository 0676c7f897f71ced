-- Settles which document an address belongs to. The first to settle it wins, so that two workers on
-- one article agree.
--
-- KEYS, from the second: the hashes of register.lua. ARGV: address id, document id
-- Answers the document id that holds.
-- Comes after head.lua, and uses its locals.
local address, document = ARGV[1], ARGV[2]
local UNSETTLED, PLACE, ID = string.rep(' ', 16), 4, 16
for at = 2, #KEYS do
  local known = call('HGET', KEYS[at], address)
  local settled = known and sub(known, PLACE + 1, PLACE + ID)
  if settled and settled ~= UNSETTLED then document = settled end
end
for at = 2, #KEYS do
  local known = call('HGET', KEYS[at], address)
  if known then
    local rest = sub(known, PLACE + ID + 1)
    call('HSET', KEYS[at], address, sub(known, 1, PLACE) .. document .. rest)
  end
end
return document
