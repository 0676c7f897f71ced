-- Answers once more where the articles are that were moved because another one came: whoever moved
-- them has died before the index was told, or its broker took nothing.
--
-- ARGV: document id of the one that came
-- Answers: stamp, then of each event that they tell now: its number, its name, how many tell it, and
--          the ids of those that were moved
-- Comes after head.lua and uses its locals.
local at = stamp()
local answer, groups = {at}, {}
for _, number in ipairs(move_again(ARGV[1], at)) do
  local event, record = event_of(number), record_of(number)
  if record then
    if not groups[event] then
      groups[event] = {event, name_of(event), size_of(event)}
      answer[#answer + 1] = groups[event]
    end
    local group = groups[event]
    group[#group + 1] = id_of(record)
  end
end
return answer
