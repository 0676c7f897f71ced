-- Records of articles by their numbers, for every store under one prefix.
--
-- {p}:r:{number / 256}   hash: number → record
-- {p}:n, {p}:s           last number given, last stamp given
-- {p}:u:{document id}    sorted set: number of each article that was moved because this one came →
--                        stamp of the run that moved it, until what it brought is published

local P = KEYS[1]
local call, unpacked, sub = redis.call, struct.unpack, string.sub

local function shard(kind, number, size)
  return P .. ':' .. kind .. ':' .. math.floor(number / size)
end

-- Milliseconds since 1970, but always more than the last stamp.
local function stamp(moment)
  local now = moment or call('TIME')
  local at = now[1] * 1000 + math.floor(now[2] / 1000)
  local last = tonumber(call('GET', P .. ':s') or 0)
  if at <= last then at = last + 1 end
  local told = string.format('%.0f', at)
  call('SET', P .. ':s', told)
  return told
end

local function record_of(number)
  return call('HGET', shard('r', number, 256), number)
end

local function unpublished_key(id)
  return P .. ':u:' .. id
end

local function note_moved(id, numbers, at, window)
  for _, number in ipairs(numbers) do call('ZADD', unpublished_key(id), at, number) end
  if #numbers > 0 then call('EXPIRE', unpublished_key(id), window) end
end

-- The articles that were moved because of this one, from now on as of the moment `at`.
local function move_again(id, at)
  local numbers = call('ZRANGE', unpublished_key(id), 0, -1)
  for place, number in ipairs(numbers) do
    call('ZADD', unpublished_key(id), at, number)
    numbers[place] = tonumber(number)
  end
  return numbers
end
