-- News events: terms → articles, articles → records, and the events that they tell.
-- Comes after records.lua at the beginning of every script here; of workers/adapters/redis comes also
-- tables.lua, before claim.lua.
--
-- {p}:t                  the state of the tables (tables.lua)
-- {p}:b:{table}          hash: bucket → its postings of 8 bytes, 4 of a term and a number
-- {p}:f:{epoch}          counters of 32 bits: how many articles have a term that falls on this place
-- {p}:r:{number / 256}   hash, as what is read of an article is read in one call:
--                        number → record
--                        k and number → its nearest articles, 5 bytes each: number, similarity
--                        e and number → number of its event, that of the first article to come
-- {p}:m:{event}          hash: number of each article that tells it → document id; none for one
-- {p}:n, {p}:s           last number given, last stamp given

local function event_of(number)
  return tonumber(call('HGET', shard('r', number, 256), 'e' .. number)) or number
end

local function id_of(record)
  local _, size = unpacked('<IB', record)
  return sub(record, 6, 5 + size)
end

local function neighbours_of(number)
  return call('HGET', shard('r', number, 256), 'k' .. number) or ''
end

local function note_fact(kind, number, value, window)
  local key = shard('r', number, 256)
  call('HSET', key, kind .. number, value)
  call('EXPIRE', key, window)
end

-- An article's event and what is told of it: its number, its event, how long its nearest ones are,
-- those, its record, in one string. Nothing if it is not remembered.
local function told_of(number)
  local key = shard('r', number, 256)
  local record, event, nearest = unpack(call('HMGET', key, number, 'e' .. number, 'k' .. number))
  if not record then return nil end
  event, nearest = tonumber(event) or number, nearest or ''
  return event, struct.pack('<I4I4B', number, event, #nearest) .. nearest .. record
end

-- The articles of an event: number → document id. A single one is kept by its record only.
local function members_of(event)
  local flat = call('HGETALL', P .. ':m:' .. event)
  local members, size = {}, #flat / 2
  for at = 1, #flat, 2 do members[tonumber(flat[at])] = flat[at + 1] end
  if size == 0 then
    local record = record_of(event)
    if record then members[event], size = id_of(record), 1 end
  end
  return members, size
end

local function size_of(event)
  local size = call('HLEN', P .. ':m:' .. event)
  if size == 0 and record_of(event) then return 1 end
  return size
end

-- The document id of the first article.
local function name_of(event)
  local name = call('HGET', P .. ':m:' .. event, event)
  if name then return name end
  local record = record_of(event)
  return record and id_of(record) or ''
end

-- The places of counters, as BITFIELD names them.
local function places_in(packed)
  local places = {unpacked('<' .. string.rep('I4', #packed / 4), packed)}
  for at = 1, #packed / 4 do places[at] = '#' .. places[at] end
  places[#packed / 4 + 1] = nil
  return places
end
