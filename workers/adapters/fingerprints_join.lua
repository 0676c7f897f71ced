-- Brings articles into one cluster, and answers whose place in it has changed. The first article
-- of a cluster is the one published first (of two at one moment, the smaller id), so that neither
-- the order of arrival nor the number of workers shows.
--
-- ARGV: number, seconds of the window, then numbers of articles that belong together with it
-- Answers: stamp, number of the first article, then number, record, finer sketch of the first
--          article and of each one whose first article has changed, and of `number`
local number, window = tonumber(ARGV[1]), tonumber(ARGV[2])

local function first_of(root)
  local stored = call('GET', P .. ':o:' .. root)
  if stored then
    local published, first = struct.unpack('<dI4', stored)
    return {published = published, number = first, id = string.sub(stored, 13)}
  end
  local record = call('HGET', shard('r', root, 256), root)
  if not record then return nil end
  local id, published = id_of(record)
  return {published = published, number = root, id = id}
end

local function is_before(a, b)
  if a.published ~= b.published then return a.published < b.published end
  return a.id < b.id
end

local function members_of(root)
  local members = call('SMEMBERS', P .. ':m:' .. root)
  if #members == 0 then members = {root} end
  return members
end

local seen, groups = {}, {}
for at = 1, #ARGV do
  if at ~= 2 then
    local root = root_of(tonumber(ARGV[at]))
    local first = not seen[root] and first_of(root)
    if first then groups[#groups + 1] = {root = root, first = first, members = members_of(root)} end
    seen[root] = true
  end
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
    for _, member in ipairs(group.members) do changed[#changed + 1] = tonumber(member) end
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
  local first = struct.pack('<dI4', winner.published, winner.number) .. winner.id
  call('SET', P .. ':o:' .. largest.root, first, 'EX', window)
  call('EXPIRE', key, window)
end

local answer, told = {stamp(), winner.number}, {}
for _, each in ipairs(changed) do
  local record = not told[each] and call('HGET', shard('r', each, 256), each)
  if record then
    answer[#answer + 1] = each
    answer[#answer + 1] = record
    answer[#answer + 1] = call('HGET', shard('h', each, 256), each) or ''
  end
  told[each] = true
end
return answer
