-- Brings articles into one cluster, and answers whose place in it has changed. The first article
-- of a cluster is the one published first (of two at one moment, the smaller id), so that neither
-- the order of arrival nor the number of workers shows.
--
-- ARGV: number, seconds of the window, then number and match (see Match in
--       workers/dedupe/matching.py) of each article that it belongs together with
-- Answers: stamp, number of the first article, then number, record, finer sketch of the first
--          article, of `number`, and of each one whose first article has changed
-- Comes after head.lua and clusters.lua, and uses their locals.
local number, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local FIRM, CONTAINED, CONTAINS, BOTH = 2, 3, 4, 5

local function no_round_up_any_more(each)
  call('HDEL', shard('w', each, 64), each)
end

-- A round-up is joined by firm matches only. One of two stories is no round-up any more once an
-- article turns up that contains most of it.
local function is_joined(other, match)
  if match == FIRM then return true end
  local mine, others = round_up(number), round_up(other)
  local is_mine = mine == 0 or (mine == 2 and (match == CONTAINED or match == BOTH))
  local is_others = others == 0 or (others == 2 and (match == CONTAINS or match == BOTH))
  if not (is_mine and is_others) then return false end
  if mine > 0 then no_round_up_any_more(number) end
  if others > 0 then no_round_up_any_more(other) end
  return true
end

local seen, groups = {}, {}
local function take(each)
  local root = root_of(each)
  local first = not seen[root] and first_of(root)
  if first then groups[#groups + 1] = {root = root, first = first, members = members_of(root)} end
  seen[root] = true
end

take(number)
for at = 3, #ARGV, 2 do
  local other = tonumber(ARGV[at])
  if is_joined(other, tonumber(ARGV[at + 1])) then take(other) end
end
if #groups == 0 then return {stamp(), number} end

local winner, largest = groups[1].first, groups[1]
for _, group in ipairs(groups) do
  if is_before(group.first, winner) then winner = group.first end
  if #group.members > #largest.members then largest = group end
end

local changed = {winner.number, number}
for _, group in ipairs(groups) do
  if group.first.number ~= winner.number then
    for _, member in ipairs(group.members) do changed[#changed + 1] = member end
  end
end

if #groups > 1 then
  local key = P .. ':m:' .. largest.root
  if #largest.members == 1 then call('SADD', key, largest.root) end
  for _, group in ipairs(groups) do
    if group ~= largest then
      for _, member in ipairs(group.members) do
        call('SADD', key, member)
        call('HSET', shard('c', member, 64), member, largest.root)
        call('EXPIRE', shard('c', member, 64), window)
      end
      call('DEL', P .. ':m:' .. group.root, P .. ':o:' .. group.root)
    end
  end
  set_first(largest.root, winner, window)
  call('EXPIRE', key, window)
end

local answer, told, moved = {stamp(), winner.number}, {}, {}
for _, each in ipairs(changed) do
  if not told[each] then
    tell(answer, each)
    if each ~= winner.number and each ~= number then moved[#moved + 1] = each end
  end
  told[each] = true
end
local mine = #moved > 0 and record_of(number)
if mine then note_moved(id_of(mine), moved, answer[1], window) end
return answer
