-- Registers an article and answers whose text may be like its own, in one step: of two twins that
-- come at the same moment the second to run sees the first.
--
-- ARGV: print of the id, id, lasting prints, fleeting prints, record, finer sketch,
--       seconds of the window, seconds of the finer sketch, most candidates
-- Answers: number, stamp, 1 if it is known already, then of each candidate the number, record,
--          finer sketch, and the number that stands for its cluster
local id_print, id, lasting, fleeting, record, sketch = unpack(ARGV, 1, 6)
local window, short, most = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local now = tonumber(call('TIME')[1])
local SAME_ROOT = 3

local function tables(kind, seconds)
  local epoch = math.floor(now / seconds)
  return open_table(kind .. epoch, true, 2 * seconds), open_table(kind .. (epoch - 1), false)
end

local this, before = tables('l', window)
local this_short, before_short = tables('f', short)

local function number_known()
  local found
  each_print(id_print, function(h, field)
    for _, t in ipairs({this, before}) do
      local value = t and call('HGET', key_of(t, h), field)
      if value then
        owners(value, function(number)
          local stored = record_of(number)
          if stored and id_of(stored) == id then found = number end
        end)
      end
    end
  end)
  return found
end

local known = number_known()
local number = known or call('INCR', P .. ':n')

local function post(t, h, field)
  local key = key_of(t, h)
  if call('HSETNX', key, field, number) == 1 then
    t.new = t.new + 1
    return nil
  end
  local value = call('HGET', key, field)
  local is_mine = false
  owners(value, function(each) is_mine = is_mine or each == number end)
  local posted = not is_mine and with_owner(value, number)
  if posted then call('HSET', key, field, posted) end
  return value
end

local counts, order = {}, {}
local function count(other)
  if other == number then return end
  if not counts[other] then order[#order + 1] = other end
  counts[other] = (counts[other] or 0) + 1
end

local function meet(blob, t, old)
  each_print(blob, function(h, field)
    local value = post(t, h, field)
    if value then owners(value, count) end
    if old then
      value = call('HGET', key_of(old, h), field)
      if value then owners(value, count) end
    end
  end)
end

each_print(id_print, function(h, field) post(this, h, field) end)
meet(lasting, this, before)
meet(fleeting, this_short, before_short)
close_table(this)
close_table(this_short)

local stored = known and record_of(number)
local is_old = false
if stored then
  local _, _, fetched = id_of(stored)
  local _, _, mine = id_of(record)
  is_old = mine < fetched
end
if not is_old then
  call('HSET', shard('r', number, 256), number, record)
  call('EXPIRE', shard('r', number, 256), window)
  call('HSET', shard('h', number, 256), number, sketch)
  call('EXPIRE', shard('h', number, 256), short)
end

table.sort(order, function(a, b)
  if counts[a] ~= counts[b] then return counts[a] > counts[b] end
  return a < b
end)

local answer, roots, taken = {number, stamp(), known and 1 or 0}, {}, 0
for _, other in ipairs(order) do
  if taken == most then break end
  local root = root_of(other)
  roots[root] = (roots[root] or 0) + 1
  if roots[root] <= SAME_ROOT then
    if tell(answer, other) then
      taken = taken + 1
      answer[#answer + 1] = root
    end
  end
end
return answer
