-- Tables of postings: print → numbers of the articles that have it. A table is written for so many
-- seconds, and read for as many after that, as the older one. The seconds may be set anew at any
-- time: what was kept stays readable, and the younger table is written until so many are over.
--
-- A table is a hash that grows by linear hashing (W. Litwin, VLDB 1980): one bucket is parted in
-- two whenever there are LOAD more postings, so the few buckets that an article reads and writes
-- stay small at any number of articles. A bucket holds a range of prints and is named by the start
-- of it; so prints in rising order meet each bucket once.
--
-- What a script costs is the number of its calls and of the strings it makes: all buckets of an
-- article are read at once and written at once, and whole numbers are unpacked many at a time.
-- Comes after the head.lua and before the claim.lua of fingerprints and of news_events, and before
-- register.lua; `P`, `call`, `unpacked` and `sub` are those of records.lua.

local BASE, LOAD, PRINT, POSTING, FULL = 256, 32, 5, 8, 16000
local PRINTS, LOW = 2 ^ 40, 2 ^ 32
local HALF, MOMENTS = '<dddd', '<dddd'
local find, rep, pack = string.find, string.rep, struct.pack

local function table_of(key, buckets)
  local _, bits = math.frexp(buckets)
  local level = 2 ^ (bits - 1)
  local width = PRINTS / level
  return {key = key, buckets = buckets, width = width, parted = (buckets - level) * width}
end

-- When the younger table began that was kept, as far as it still matters: at most so many seconds
-- ago if they were set anew, so that it is followed by the next one and not forgotten. Versions
-- before 0.2 kept neither moment nor seconds; their tables began at multiples of these.
local function beginning(seconds, now, epoch, began, kept_seconds)
  if kept_seconds == seconds then return began end
  if kept_seconds == 0 then began = epoch * seconds end
  return math.min(math.max(began, now - seconds), now)
end

-- The younger table of a kind, and the older one if there is any, from what was kept: number of the
-- younger, its buckets and postings, buckets of the older; when it began, and its seconds. A new
-- table begins half as large as the one before it has become, for as much will come.
local function pair(kind, seconds, now, state, moments)
  local epoch, buckets, postings, old_buckets = unpack(state)
  local began = beginning(seconds, now, epoch, unpack(moments))
  if epoch == 0 then
    epoch, buckets = math.floor(now / seconds), BASE
    began = epoch * seconds
  elseif now >= began + 2 * seconds then
    epoch, began, old_buckets = epoch + 2, now, 0
    buckets, postings = math.max(BASE, math.floor(buckets / 2)), 0
  elseif now >= began + seconds then
    epoch, began, old_buckets = epoch + 1, began + seconds, buckets
    buckets, postings = math.max(BASE, math.floor(buckets / 2)), 0
  end
  local key = P .. ':b:' .. kind
  return {
    key = key,
    seconds = seconds,
    has_changed = moments[2] ~= seconds,
    epoch = epoch,
    began = began,
    postings = postings,
    old_buckets = old_buckets,
    young = table_of(key .. epoch, buckets),
    old = old_buckets > 0 and table_of(key .. epoch - 1, old_buckets),
  }
end

local function open_tables(now, window, short)
  local kept = call('GET', P .. ':t') or pack(HALF .. 'dddd', 0, 0, 0, 0, 0, 0, 0, 0)
  local long, brief = {unpacked(HALF, kept)}, {unpacked(HALF, kept, 33)}
  local began, seconds, brief_began, brief_seconds = 0, 0, 0, 0
  if #kept > 64 then began, seconds, brief_began, brief_seconds = unpacked(MOMENTS, kept, 65) end
  return pair('l', window, now, long, {began, seconds}),
    pair('f', short, now, brief, {brief_began, brief_seconds})
end

-- A table is read for its seconds once more after it was written; it stays a while longer.
local function keep_until_read(of)
  call('EXPIREAT', of.young.key, string.format('%d', of.began + 3 * of.seconds))
  if of.old then call('EXPIREAT', of.old.key, string.format('%d', of.began + 2 * of.seconds)) end
end

local function keep_tables(window, l, f)
  local long = pack(HALF, l.epoch, l.young.buckets, l.postings, l.old_buckets)
  local brief = pack(HALF, f.epoch, f.young.buckets, f.postings, f.old_buckets)
  local moments = pack(MOMENTS, l.began, l.seconds, f.began, f.seconds)
  call('SET', P .. ':t', long .. brief .. moments, 'EX', 3 * window)
  if l.has_changed then keep_until_read(l) end
  if f.has_changed then keep_until_read(f) end
end

-- Reads the bucket of each print: `slots` are its places in `wanted` and `values`.
local function read(t, prints)
  local number = #prints / PRINT
  local slots = {unpacked('>' .. rep('BI4', number), prints)}
  local wanted, slot, last = {}, 0, nil
  local width, half, parted = t.width, t.width / 2, t.parted
  for at = 1, number do
    local print = slots[2 * at - 1] * LOW + slots[2 * at]
    local start = print - print % width
    if start < parted then start = print - print % half end
    if start ~= last then
      slot, last = slot + 1, start
      wanted[slot] = pack('>I4', start / BASE)
    end
    slots[at] = slot
  end
  t.wanted, t.slots = wanted, slots
  t.values = slot > 0 and call('HMGET', t.key, unpack(wanted))
end

local function owners(value, print, at)
  local found = {}
  while at do
    if at % POSTING == 1 then found[#found + 1] = unpacked('>I4', value, at + 4) end
    at = find(value, print, at + 1, true)
  end
  return found
end

local function packed(numbers, last)
  return pack('>' .. rep('I4', last), unpack(numbers, 1, last))
end

local function split(t)
  local width, half = t.width, t.width / 2
  local from, to = pack('>I4', t.parted / BASE), pack('>I4', (t.parted + half) / BASE)
  t.buckets, t.parted = t.buckets + 1, t.parted + width
  if t.parted == PRINTS then t.width, t.parted = half, 0 end
  local all = call('HGET', t.key, from)
  if not all then return end
  local postings, moved = {unpacked('>' .. rep('I4', #all / 4), all)}, {}
  local stay, move = 0, 0
  for at = 1, #all / 4, 2 do
    if postings[at] % width >= half then
      moved[move + 1], moved[move + 2] = postings[at], postings[at + 1]
      move = move + 2
    else
      postings[stay + 1], postings[stay + 2] = postings[at], postings[at + 1]
      stay = stay + 2
    end
  end
  if move > 0 then call('HSET', t.key, to, packed(moved, move), from, packed(postings, stay)) end
end

-- The first posting of a new table unlinks the one that nobody reads any more: some servers free
-- what runs out within one step, however large.
local function write(of, added)
  local t, fields = of.young, {}
  for slot, name in ipairs(t.wanted) do
    if t.values[slot] then -- a bucket that was only looked at may not exist
      fields[#fields + 1], fields[#fields + 2] = name, t.values[slot]
    end
  end
  if #fields > 0 then call('HSET', t.key, unpack(fields)) end
  if of.postings == 0 then
    call('UNLINK', of.key .. of.epoch - 2)
    keep_until_read(of)
  end
  of.postings = of.postings + added
  while of.postings > t.buckets * LOAD do split(t) end
end
