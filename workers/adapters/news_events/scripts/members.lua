-- Answers the articles that tell an event (see `tell`), at most so many.
--
-- ARGV: event, most
-- Comes after head.lua and uses its locals.
local answer, told = {}, 0
local numbers = {}
for number in pairs((members_of(tonumber(ARGV[1])))) do numbers[#numbers + 1] = number end
table.sort(numbers)
for _, number in ipairs(numbers) do
  if told < tonumber(ARGV[2]) and tell(answer, number) then told = told + 1 end
end
return answer
