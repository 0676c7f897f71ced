-- Answers once more where the articles are that were moved because another one came: whoever moved
-- them has died before the index was told, or its broker took nothing.
--
-- ARGV: document id of the one that came
-- Answers: stamp, then a list for each of the clusters that they are in now: number of its first
--          article, and number, record and finer sketch of that one and of each that was moved
-- Comes after head.lua and clusters.lua, and uses their locals.
local at = stamp()
local answer, groups = {at}, {}
for _, number in ipairs(move_again(ARGV[1], at)) do
  local root = root_of(number)
  local first = not groups[root] and first_of(root)
  if first then
    groups[root] = {first.number}
    tell(groups[root], first.number)
    answer[#answer + 1] = groups[root]
  end
  local group = groups[root]
  if group and group[1] ~= number then tell(group, number) end
end
return answer
