-- Records of articles by their numbers, for every store under one prefix.
--
-- {p}:r:{number / 256}   hash: number → record
-- {p}:n, {p}:s           last number given, last stamp given

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
