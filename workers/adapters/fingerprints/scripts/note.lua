-- Notes which articles print the openings or long passages of others, and answers all that is known
-- of the former.
--
-- ARGV: seconds of the window, then number of the whole and number of the part, repeated; the part
--       is negative if what is printed is no opening
-- Answers one list for each whole with two parts or more: how many stories it is known to tell,
--         the triples (number, record, finer sketch) of the whole and of its parts, and those of
--         the parts that are known as round-ups
-- Comes after head.lua and clusters.lua, and uses their locals.
local window = tonumber(ARGV[1])
local MANY, MANY_OF_ONE, MANY_OF_OWN, KEPT = 40, 2, 12, 64

-- A server takes a few thousand arguments of a call at once.
local function remove(key, members)
  for at = 1, #members, 1000 do
    call('SREM', key, unpack(members, at, math.min(at + 999, #members)))
  end
end

-- Of each cluster a few are enough to tell its story by, those whose opening is printed before the
-- others. A passage counts of a part that has copies only: without any, it may be the one that
-- quotes. An article begins like thousands of others where its outlet fills in a template: of more
-- parts than KEPT those are forgotten that are not told, or this would cost ever more.
local function tell_parts(told, round_ups, whole, parts)
  local own, of, left, kept, forgotten = root_of(tonumber(whole)), {}, MANY, 0, {}
  table.sort(parts, function(one, other) return tonumber(one) > tonumber(other) end)
  for _, noted in ipairs(parts) do
    local part = math.abs(tonumber(noted))
    local root = kept < KEPT and root_of(part)
    if root then of[root] = (of[root] or 0) + 1 end
    if not root or of[root] > (root == own and MANY_OF_OWN or MANY_OF_ONE) then
      forgotten[#forgotten + 1] = noted
    else
      kept = kept + 1
      local counts = tonumber(noted) > 0 or call('EXISTS', P .. ':m:' .. root) == 1
      local list = round_up(part) == 0 and told or round_ups
      if counts and left > 0 and tell(list, part) then left = left - 1 end
    end
  end
  if #parts > KEPT then remove(P .. ':q:' .. whole, forgotten) end
end

local wholes, seen = {}, {}
for at = 2, #ARGV, 2 do
  local whole = ARGV[at]
  local key = P .. ':q:' .. whole
  call('SADD', key, ARGV[at + 1])
  call('EXPIRE', key, window)
  if not seen[whole] then wholes[#wholes + 1] = whole end
  seen[whole] = true
end

local answer = {}
for _, whole in ipairs(wholes) do
  local parts = call('SMEMBERS', P .. ':q:' .. whole)
  local told, round_ups = {}, {}
  if #parts > 1 and tell(told, whole) then
    tell_parts(told, round_ups, whole, parts)
    answer[#answer + 1] = {round_up(tonumber(whole)), told, round_ups}
  end
end
return answer
