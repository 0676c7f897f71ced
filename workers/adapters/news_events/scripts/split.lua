-- Parts an event: each group of articles becomes one of its own, named after the first of it that
-- came.
--
-- ARGV: id of the article that shows it, event, seconds of the window, then the groups, each after
--       a 0
-- Answers: stamp, then of each group the event, its name, how many tell it, and the ids moved
-- Comes after head.lua and uses its locals.
local shown_by, event, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local members = members_of(event)
local groups = {}
for at = 4, #ARGV do
  local number = tonumber(ARGV[at])
  if number == 0 then
    groups[#groups + 1] = {}
  elseif members[number] and number ~= event then
    local group = groups[#groups]
    group[#group + 1] = number
  end
end
local answer = {stamp()}
for _, group in ipairs(groups) do
  if #group > 0 then
    table.sort(group)
    local first = group[1]
    local told = {first, members[first], #group}
    for _, number in ipairs(group) do
      told[#told + 1] = members[number]
      call('HDEL', P .. ':m:' .. event, number)
      note_fact('e', number, first, window)
      if #group > 1 then call('HSET', P .. ':m:' .. first, number, members[number]) end
    end
    if #group > 1 then call('EXPIRE', P .. ':m:' .. first, window) end
    note_moved(shown_by, group, answer[1], window)
    answer[#answer + 1] = told
  end
end
return answer
