-- Answers who else is in an article's cluster.
--
-- ARGV: number, most members
-- Answers: 1 if these are all, then number, record and finer sketch of each
-- Comes after head.lua and clusters.lua, and uses their locals.
local number, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local all = members_of(root_of(number))
local answer = {#all <= most and 1 or 0}
for at = 1, math.min(#all, most) do
  if all[at] ~= number then tell(answer, all[at]) end
end
return answer
