-- Takes a round-up, with its own copies, out of a cluster that it does not belong to, and parts
-- those that it alone had brought together.
--
-- ARGV: id of the article that shows it, number, how many stories it tells, seconds of the window,
--       then its copies, and after each zero the members of a cluster of their own; all others stay
-- Answers: stamp, then one list for each of the clusters that are left: number of its first
--          article, and number, record and finer sketch of each member
-- Comes after head.lua and clusters.lua, and uses their locals.
local shown_by, number, stories, window = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])

call('HSET', shard('w', number, 64), number, stories)
call('EXPIRE', shard('w', number, 64), window)

local root = root_of(number)
local group_of, groups, last = {[number] = 2}, {{}, {}}, 2
for at = 5, #ARGV do
  local member = tonumber(ARGV[at])
  if member == 0 then
    last = last + 1
    groups[last] = {}
  else
    group_of[member] = last
  end
end
for _, member in ipairs(members_of(root)) do
  local group = groups[group_of[member] or 1]
  group[#group + 1] = member
end

local function regroup(members)
  local head = members[1]
  local first = nil
  for _, member in ipairs(members) do
    local one = alone(member)
    if one and (not first or is_before(one, first)) then first = one end
    if member == head then
      call('HDEL', shard('c', member, 64), member)
    else
      call('HSET', shard('c', member, 64), member, head)
    end
    call('EXPIRE', shard('c', member, 64), window)
  end
  if #members > 1 and first then
    for _, member in ipairs(members) do call('SADD', P .. ':m:' .. head, member) end
    call('EXPIRE', P .. ':m:' .. head, window)
    set_first(head, first, window)
  end
  local answer = {first and first.number or head}
  for _, member in ipairs(members) do tell(answer, member) end
  return answer
end

local left = {}
for _, group in ipairs(groups) do
  if #group > 0 then left[#left + 1] = group end
end
if #left < 2 then return {stamp()} end
call('DEL', P .. ':m:' .. root, P .. ':o:' .. root)
local answer = {stamp()}
for _, group in ipairs(left) do
  answer[#answer + 1] = regroup(group)
  note_moved(shown_by, group, answer[1], window)
end
return answer
