-- Fingerprints of articles: prints → numbers, numbers → records, and the clusters they form.
--
-- {p}:t:{table}          hash: b buckets, n postings of one table
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
local BASE, LOAD, OWNERS, POSTING = 256, 40, 12, 8
local call, unpacked, sub, find = redis.call, struct.unpack, string.sub, string.find

local function level_of(buckets)
  local level = BASE
  while level * 2 <= buckets do level = level * 2 end
  return level
end

local function bucket_of(t, low, high)
  local h = high * BASE + low
  local at = h % t.double
  if at >= t.buckets then at = h % t.level end
  return at
end

-- A table is written for so many seconds, and read for as many after that. Then the first article
-- of a new table unlinks it: some servers free what runs out within one step, however large.
local function open_table(kind, epoch, seconds)
  local name = kind .. epoch
  local known = call('HMGET', P .. ':t:' .. name, 'b', 'n')
  local buckets = tonumber(known[1] or BASE)
  local level = level_of(buckets)
  return {
    meta = P .. ':t:' .. name,
    key = P .. ':b:' .. name,
    is_new = not known[1],
    buckets = buckets,
    level = level,
    double = level * 2,
    postings = tonumber(known[2] or 0),
    values = {},
    wanted = {},
    written = {},
    is_written = {},
    added = 0,
    outlived = kind .. (epoch - 2),
    ends = string.format('%d', (epoch + 3) * seconds),
  }
end

-- Linear hashing: one bucket is parted in two whenever the table has grown by LOAD postings, so
-- the few buckets that an article reads and writes stay small at any number of articles.
local function split(t)
  local level = level_of(t.buckets)
  local from, to, double = t.buckets - level, t.buckets, level * 2
  local low = from % BASE
  t.buckets = t.buckets + 1
  local all = call('HGET', t.key, tostring(from))
  if not all then return end
  local stays, moves = {}, {}
  for at = 1, #all, POSTING do
    local h = unpacked('<I4', all, at) * BASE + low
    local part = h % double == to and moves or stays
    part[#part + 1] = sub(all, at, at + POSTING - 1)
  end
  if #moves == 0 then return end
  call('HSET', t.key, tostring(to), table.concat(moves), tostring(from), table.concat(stays))
end

local function close_table(t)
  if t.added == 0 then return end
  local postings = t.postings + t.added
  while postings > t.buckets * LOAD do split(t) end
  call('HSET', t.meta, 'b', tostring(t.buckets), 'n', tostring(postings))
  if t.is_new then
    call('UNLINK', P .. ':t:' .. t.outlived, P .. ':b:' .. t.outlived)
    call('EXPIREAT', t.meta, t.ends)
    call('EXPIREAT', t.key, t.ends)
  end
end

local function shard(kind, number, size)
  return P .. ':' .. kind .. ':' .. math.floor(number / size)
end

local function root_of(number)
  return tonumber(call('HGET', shard('c', number, 64), number)) or number
end

local function stamp()
  local now = call('TIME')
  local at = now[1] * 1000 + math.floor(now[2] / 1000)
  local last = tonumber(call('GET', P .. ':s') or 0)
  if at <= last then at = last + 1 end
  call('SET', P .. ':s', string.format('%.0f', at))
  return string.format('%.0f', at)
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

local function members_of(root)
  local members = call('SMEMBERS', P .. ':m:' .. root)
  if #members == 0 then members = {root} end
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
