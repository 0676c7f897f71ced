-- Clusters: who is in one, and which article of it was published first.
-- Comes after head.lua and before join.lua, leave.lua, members.lua and note.lua.

local function members_of(root)
  local members = call('SMEMBERS', P .. ':m:' .. root)
  if #members == 0 then return {root} end
  for at, member in ipairs(members) do members[at] = tonumber(member) end
  return members
end

local function round_up(number)
  return tonumber(call('HGET', shard('w', number, 64), number) or 0)
end

local function alone(number)
  local record = record_of(number)
  if not record then return nil end
  local id, published = id_of(record)
  return {published = published, number = tonumber(number), id = id}
end

local function first_of(root)
  local stored = call('GET', P .. ':o:' .. root)
  if not stored then return alone(root) end
  local published, first = unpacked('<dI4', stored)
  return {published = published, number = first, id = sub(stored, 13)}
end

local function is_before(a, b)
  if a.published ~= b.published then return a.published < b.published end
  return a.id < b.id
end

local function set_first(root, first, window)
  local packed = struct.pack('<dI4', first.published, first.number) .. first.id
  call('SET', P .. ':o:' .. root, packed, 'EX', window)
end
