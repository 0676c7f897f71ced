-- Fingerprints of articles: prints → numbers, numbers → records, and the clusters they form.
--
-- {p}:t:{table}          hash: b buckets, n postings of one table
-- {p}:f:{table}:{bucket} hash: print → number, or "x" and numbers of 4 bytes each
-- {p}:r:{number / 256}   hash: number → record that lasts for the window
-- {p}:h:{number / 256}   hash: number → finer sketch, for two days
-- {p}:c:{number / 64}    hash: number → number that stands for its cluster
-- {p}:m:{number}         set: members of the cluster
-- {p}:o:{number}         the cluster's first article: published, number, id
-- {p}:q:{number}         set: articles whose opening this one prints
-- {p}:w:{number / 64}    hash: number → how many stories this round-up tells
-- {p}:n, {p}:s           last number given, last stamp given

local P = KEYS[1]
local BASE, LOAD, OWNERS = 256, 40, 12
local call = redis.call

local function level_of(buckets)
  local level = BASE
  while level * 2 <= buckets do level = level * 2 end
  return level
end

local function key_of(t, h)
  local at = h % (t.level * 2)
  if at >= t.buckets then at = h % t.level end
  return t.prefix .. at
end

local function open_table(name, is_written, seconds)
  local meta = P .. ':t:' .. name
  local b = tonumber(call('HGET', meta, 'b'))
  if not b then
    if not is_written then return nil end
    b = BASE
    call('HSET', meta, 'b', b, 'n', 0)
    call('EXPIRE', meta, seconds)
    for at = 0, BASE - 1 do
      local key = P .. ':f:' .. name .. ':' .. at
      call('HSET', key, '', '')
      call('EXPIRE', key, seconds)
    end
  end
  return {meta = meta, prefix = P .. ':f:' .. name .. ':', buckets = b, level = level_of(b), new = 0}
end

-- Linear hashing: one bucket is parted in two whenever the table has grown by LOAD postings, so a
-- bucket stays small enough for Redis' compact form (128 fields) at any number of articles.
local function split(t)
  local level = level_of(t.buckets)
  local from, to = t.buckets - level, t.buckets
  local low = from % BASE
  local all = call('HGETALL', t.prefix .. from)
  local moved, gone = {'', ''}, {}
  for i = 1, #all, 2 do
    if all[i] ~= '' then
      local h = (tonumber(all[i]) + 2147483648) * BASE + low
      if h % (level * 2) == to then
        moved[#moved + 1] = all[i]
        moved[#moved + 1] = all[i + 1]
        gone[#gone + 1] = all[i]
      end
    end
  end
  if #gone > 0 then call('HDEL', t.prefix .. from, unpack(gone)) end
  call('HSET', t.prefix .. to, unpack(moved))
  call('EXPIREAT', t.prefix .. to, call('EXPIRETIME', t.meta))
  t.buckets = t.buckets + 1
end

local function close_table(t)
  if t.new == 0 then return end
  local n = call('HINCRBY', t.meta, 'n', t.new)
  if n <= t.buckets * LOAD then return end
  while n > t.buckets * LOAD do split(t) end
  call('HSET', t.meta, 'b', t.buckets)
end

local function owners(value, each)
  if string.sub(value, 1, 1) == 'x' then
    for at = 2, #value, 4 do each(struct.unpack('<I4', value, at)) end
  elseif value ~= '' then
    each(tonumber(value))
  end
end

local function with_owner(value, number)
  if string.sub(value, 1, 1) ~= 'x' then value = 'x' .. struct.pack('<I4', tonumber(value)) end
  if #value >= 1 + 4 * OWNERS then return nil end
  return value .. struct.pack('<I4', number)
end

local function shard(kind, number, size)
  return P .. ':' .. kind .. ':' .. math.floor(number / size)
end

local function each_print(blob, visit)
  for at = 1, #blob, 5 do
    local low, high = struct.unpack('<BI4', blob, at)
    visit(high * BASE + low, tostring(high - 2147483648))
  end
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
  local published, fetched, digest, size = struct.unpack('<ddc8B', record)
  return string.sub(record, 36, 35 + size), published, fetched, digest
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
  local published, first = struct.unpack('<dI4', stored)
  return {published = published, number = first, id = string.sub(stored, 13)}
end

local function is_before(a, b)
  if a.published ~= b.published then return a.published < b.published end
  return a.id < b.id
end

local function set_first(root, first, window)
  local packed = struct.pack('<dI4', first.published, first.number) .. first.id
  call('SET', P .. ':o:' .. root, packed, 'EX', window)
end
