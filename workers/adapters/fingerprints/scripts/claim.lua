-- Registers an article and answers whose text may be like its own, in one step: of two twins that
-- come at the same moment the second to run sees the first.
--
-- ARGV: id, lasting prints and fleeting prints in rising order, place of the id's own print among
--       the lasting ones, record, finer sketch, seconds of the window, seconds of the finer sketch,
--       most candidates
-- KEYS, from the second: one that exists while nothing new may be registered, if there is such a one
-- Answers: number (0 if nothing may be registered now), stamp, 1 if it is known already (2 if it has moved others, and that is not yet
--          published), then of each candidate the number, record, finer sketch, and the number that
--          stands for its cluster
-- Comes after head.lua and tables.lua, and uses their locals.
if KEYS[2] and call('EXISTS', KEYS[2]) == 1 then return {0} end

local id, lasting, fleeting, place_of_id, record, sketch = unpack(ARGV, 1, 6)
local window, short, most = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local OWNERS, SAME_ROOT, LIKELIEST = 12, 3, 60

local moment = call('TIME')
local long, brief = open_tables(tonumber(moment[1]), window, short)
read(long.young, lasting)
read(brief.young, fleeting)
if long.old then read(long.old, lasting) end
if brief.old then read(brief.old, fleeting) end

local known, replaced
local function look_for_id(t)
  local value = t.values[t.slots[tonumber(place_of_id)]]
  local print = sub(lasting, PRINT * place_of_id - 3, PRINT * place_of_id)
  for _, other in ipairs(value and owners(value, print, find(value, print, 1, true)) or {}) do
    local found = record_of(other)
    if found and id_of(found) == id then known, replaced = other, found end
  end
end
if long.old then look_for_id(long.old) end
look_for_id(long.young)
local number = known or call('INCR', P .. ':n')
local mine = pack('>I4', number)

local counts, order = {}, {}
local function count(others)
  local is_mine = false
  for _, other in ipairs(others) do
    if other == number then
      is_mine = true
    else
      if not counts[other] then order[#order + 1] = other end
      counts[other] = (counts[other] or 0) + 1
    end
  end
  return is_mine
end

local function meet(of, prints)
  local slots, values, old, added = of.young.slots, of.young.values, of.old, 0
  for place = 1, #prints / PRINT do
    local print, value = sub(prints, PRINT * place - 3, PRINT * place), values[slots[place]] or ''
    local at = find(value, print, 1, true)
    local others = at and owners(value, print, at)
    local is_full = at and (count(others) or #others >= OWNERS) or #value > FULL
    if not is_full then
      values[slots[place]] = value .. print .. mine
      added = added + 1
    end
    local older = old and old.values[old.slots[place]]
    local at_older = older and find(older, print, 1, true)
    if at_older then count(owners(older, print, at_older)) end
  end
  if added > 0 then write(of, added) end
end
meet(long, lasting)
meet(brief, fleeting)
keep_tables(window, long, brief)

local function is_older(than)
  local _, _, fetched = id_of(than)
  local _, _, mine_fetched = id_of(record)
  return mine_fetched < fetched
end
if not (replaced and is_older(replaced)) then
  local lasting_part, finer_part = shard('r', number, 256), shard('h', number, 256)
  call('HSET', lasting_part, number, record)
  call('EXPIRE', lasting_part, window)
  call('HSET', finer_part, number, sketch)
  call('EXPIRE', finer_part, short)
end

table.sort(order, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)

-- The likeliest of every cluster before the second of any: a round-up shows by how many it meets.
local ranks, roots, met = {{}, {}, {}}, {}, {}
for at = 1, math.min(#order, LIKELIEST) do
  local root = root_of(order[at])
  met[root] = (met[root] or 0) + 1
  roots[order[at]] = root
  if met[root] <= SAME_ROOT then table.insert(ranks[met[root]], order[at]) end
end

local told = 0
local is_published = known and call('EXISTS', unpublished_key(id)) == 0
local answer = {number, stamp(moment), known and (is_published and 1 or 2) or 0}
for _, rank in ipairs(ranks) do
  for _, other in ipairs(rank) do
    if told < most and tell(answer, other) then
      told = told + 1
      answer[#answer + 1] = roots[other]
    end
  end
end
return answer
