-- Registers an article and answers which others may tell its event, in one step: of two that come
-- at the same moment the second to run sees the first.
--
-- ARGV: id, id of its cluster's original, postings' prints (5 bytes each, in rising order), weight of
--       each print (a byte; 0 for one that only finds), places among them of the prints of both ids,
--       record, seconds of the window, epoch, places of the counters to which 1 is added, packed,
--       those to which more is added, how much, places of all prints (a byte each), the weightiest first
-- KEYS, from the second: one that exists while nothing new may be registered, if there is such a one
-- Answers: number (0 if nothing may be registered now), event, event of the original (0 if unknown), 1 if what it moved is not yet
--          published, then the articles (see `told_of`)
-- Comes after head.lua and tables.lua, and uses their locals.
if KEYS[2] and call('EXISTS', KEYS[2]) == 1 then return {0} end

local id, original, prints, weights = unpack(ARGV, 1, 4)
local place_of_id, place_of_original, record = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local window, epoch = tonumber(ARGV[8]), ARGV[9]
local OWNERS, READ, OF_AN_EVENT, MOST, LOOKED_AT = 32, 192, 6, 24, 96

local long, unused = open_tables(tonumber(call('TIME')[1]), window, window)
read(long.young, prints)
if long.old then read(long.old, prints) end

local function print_at(place)
  return sub(prints, PRINT * place - 3, PRINT * place)
end

local function owners_in(t, place)
  local value = t and t.values[t.slots[place]]
  local at = value and find(value, print_at(place), 1, true)
  return at and owners(value, print_at(place), at) or {}
end

local function named(name, place)
  for _, t in ipairs({long.young, long.old or nil}) do
    for _, other in ipairs(owners_in(t, place)) do
      local found = record_of(other)
      if found and id_of(found) == name then return other end
    end
  end
end

local known = named(id, place_of_id)
local number = known or call('INCR', P .. ':n')
local first = original ~= id and named(original, place_of_original) or nil
local mine = pack('>I4', number)

local scores, order, seen = {}, {}, 0
local function score(t, place, weight)
  if not t or weight == 0 or seen >= READ then return end
  local others = owners_in(t, place)
  seen = seen + #others
  for _, other in ipairs(others) do
    if other ~= number then
      if not scores[other] then order[#order + 1] = other end
      scores[other] = (scores[other] or 0) + weight
    end
  end
end

-- Where the postings of a print are in a bucket.
local function postings_of(value, print)
  local found, at = {}, find(value, print, 1, true)
  while at do
    if at % POSTING == 1 then found[#found + 1] = at end
    at = find(value, print, at + 1, true)
  end
  return found
end

-- Of a term that many articles have, the newest ones are kept.
local values, slots, added = long.young.values, long.young.slots, 0
local function post(place)
  local print = print_at(place)
  local value = values[slots[place]] or ''
  if known and find(value, print .. mine, 1, true) then return end
  local kept = postings_of(value, print)
  if #kept >= OWNERS then
    value = sub(value, 1, kept[1] - 1) .. sub(value, kept[1] + POSTING)
    added = added - 1
  end
  if #value <= FULL then
    values[slots[place]] = value .. print .. mine
    added = added + 1
  end
end

-- So many postings are read of all terms together, as an article would cost ever more while terms
-- come to have more articles; those of the weightiest terms say most.
for _, place in ipairs({string.byte(ARGV[13], 1, -1)}) do
  local weight = string.byte(weights, place)
  score(long.young, place, weight)
  score(long.old, place, weight)
  if weight > 0 or place == place_of_id then post(place) end
end
if added > 0 then write(long, added) end
keep_tables(window, long, unused)

call('HSET', shard('r', number, 256), number, record)
call('EXPIRE', shard('r', number, 256), window)
if not known then
  local increments, n = {}, 0
  local function add(places, step)
    for _, place in ipairs(places) do
      increments[n + 1], increments[n + 2], increments[n + 3] = 'INCRBY', 'u32', place
      n = n + 4
      increments[n] = step
    end
  end
  add(places_in(ARGV[10]), '1')
  add(places_in(ARGV[11]), ARGV[12])
  call('BITFIELD', P .. ':f:' .. epoch, unpack(increments))
  call('EXPIRE', P .. ':f:' .. epoch, 2 * window)
end

-- Those that share most are looked at first, of as many the newest: one number each puts them in
-- order without a function that compares.
local NUMBERS = 2 ^ 32
for at, other in ipairs(order) do order[at] = -scores[other] * NUMBERS - other end
table.sort(order)

local unpublished = known and call('EXISTS', unpublished_key(id)) or 0
local met, told = {}, 0
local answer = {number, event_of(number), first and event_of(first) or 0, unpublished}
for at = 1, math.min(#order, LOOKED_AT) do
  if told >= MOST then break end
  local event, facts = told_of(-order[at] % NUMBERS)
  if event and (met[event] or 0) < OF_AN_EVENT then
    met[event], told = (met[event] or 0) + 1, told + 1
    answer[#answer + 1] = facts
  end
end
return answer
