-- Takes a round-up, with its own copies, out of a cluster that it does not belong to.
--
-- ARGV: number, how many stories it tells, seconds of the window, then its copies
-- Answers: stamp, then one list for each of the two clusters that are left: number of its first
--          article, and number, record and finer sketch of each member
local number, stories, window = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])

call('HSET', shard('w', number, 64), number, stories)
call('EXPIRE', shard('w', number, 64), window)

local root = root_of(number)
local is_leaving = {[number] = true}
for at = 4, #ARGV do is_leaving[tonumber(ARGV[at])] = true end
local leaving, staying = {}, {}
for _, member in ipairs(members_of(root)) do
  local group = is_leaving[tonumber(member)] and leaving or staying
  group[#group + 1] = tonumber(member)
end
if #staying == 0 then return {stamp()} end

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
    call('SADD', P .. ':m:' .. head, unpack(members))
    call('EXPIRE', P .. ':m:' .. head, window)
    set_first(head, first, window)
  end
  local answer = {first and first.number or head}
  for _, member in ipairs(members) do tell(answer, member) end
  return answer
end

call('DEL', P .. ':m:' .. root, P .. ':o:' .. root)
return {stamp(), regroup(staying), regroup(leaving)}
