-- The addresses of numbers that may be a story's. KEYS, from the second: one hash for each number,
-- address id → place in order, document id (16 bytes; spaces until it is settled), record.
-- Comes after head.lua and before register.lua and settle.lua.
local UNSETTLED, PLACE, ID = string.rep(' ', 16), 4, 16

local function entry_of(value)
  return {
    place = unpacked('>I4', value),
    document = sub(value, PLACE + 1, PLACE + ID),
    record = sub(value, PLACE + ID + 1),
  }
end

local function put(key, address, place, document, record)
  call('HSET', key, address, struct.pack('>I4', place) .. document .. record)
end

-- The entries of an address by the places in KEYS of the numbers that have it, and the document
-- that it is settled on, or nil.
local function entries_of(address)
  local entries, settled = {}, nil
  for at = 2, #KEYS do
    local value = call('HGET', KEYS[at], address)
    entries[at] = value and entry_of(value) or nil
    if value and entries[at].document ~= UNSETTLED then settled = entries[at].document end
  end
  return entries, settled
end
