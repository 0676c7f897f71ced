-- Fingerprints of articles: prints → numbers, numbers → records, and the clusters they form.
-- The beginning of every script here: workers/adapters/redis/lua.py puts it, and then its tables.lua,
-- addresses.lua or clusters.lua, before the file of the verb, which uses their locals.
--
-- {p}:t                  hash: table → its buckets and postings (tables.lua)
-- {p}:b:{table}          hash: bucket → its postings of 8 bytes each, 4 of the print and a number
-- {p}:r:{number / 256}   hash: number → record that lasts for the window
-- {p}:h:{number / 256}   hash: number → finer sketch, for two days
-- {p}:c:{number / 64}    hash: number → number that stands for its cluster
-- {p}:m:{number}         set: members of the cluster
-- {p}:o:{number}         the cluster's first article: published, number, id
-- {p}:q:{number}         set: articles whose opening this one prints
-- {p}:w:{number / 64}    hash: number → how many stories this round-up tells
-- {p}:n, {p}:s           last number given, last stamp given

local P = KEYS[1]
local call, unpacked, sub = redis.call, struct.unpack, string.sub

local function shard(kind, number, size)
  return P .. ':' .. kind .. ':' .. math.floor(number / size)
end

local function root_of(number)
  return tonumber(call('HGET', shard('c', number, 64), number)) or number
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

local function id_of(record)
  local published, fetched, digest, size = unpacked('<ddc8B', record)
  return sub(record, 36, 35 + size), published, fetched, digest
end

local function record_of(number)
  return call('HGET', shard('r', number, 256), number)
end

-- Appends number, record and finer sketch of an article, if it is still remembered.
local function tell(answer, number)
  local record = record_of(number)
  if not record then return false end
  answer[#answer + 1] = tonumber(number)
  answer[#answer + 1] = record
  answer[#answer + 1] = call('HGET', shard('h', number, 256), number) or ''
  return true
end
