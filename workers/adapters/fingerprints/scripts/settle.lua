-- Settles which document an address belongs to. The first to settle it wins, so that two workers on
-- one article agree.
--
-- ARGV: address id, document id
-- Answers the document id that holds.
-- Comes after head.lua and addresses.lua, and uses their locals.
local address, document = ARGV[1], ARGV[2]
local entries, settled = entries_of(address)
document = settled or document
for at, entry in pairs(entries) do put(KEYS[at], address, entry.place, document, entry.record) end
return document
