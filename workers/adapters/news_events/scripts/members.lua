-- Answers the articles that tell an event (see `told_of`), at most so many.
--
-- ARGV: event, most
-- Comes after head.lua and uses its locals.
local answer = {}
local numbers = {}
for number in pairs((members_of(tonumber(ARGV[1])))) do numbers[#numbers + 1] = number end
table.sort(numbers)
for _, number in ipairs(numbers) do
  if #answer >= tonumber(ARGV[2]) then break end
  local _, facts = told_of(number)
  answer[#answer + 1] = facts
end
return answer
