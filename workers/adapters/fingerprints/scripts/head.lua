-- Fingerprints of articles: prints → numbers, numbers → records, and the clusters they form.
-- Comes after records.lua (of workers/adapters/redis, as tables.lua) at the beginning of every script
-- here, and before tables.lua, addresses.lua or clusters.lua; the file of the verb uses their locals.
--
-- {p}:t                  the state of the tables (tables.lua)
-- {p}:b:{table}          hash: bucket → its postings of 8 bytes each, 4 of the print and a number
-- {p}:r:{number / 256}   hash: number → record that lasts for the window
-- {p}:h:{number / 256}   hash: number → finer sketch, for two days
-- {p}:c:{number / 64}    hash: number → number that stands for its cluster
-- {p}:m:{number}         set: members of the cluster
-- {p}:o:{number}         the cluster's first article: published, number, id
-- {p}:q:{number}         set: articles whose opening this one prints
-- {p}:w:{number / 64}    hash: number → how many stories this round-up tells
-- {p}:n, {p}:s           last number given, last stamp given

local function root_of(number)
  return tonumber(call('HGET', shard('c', number, 64), number)) or number
end

local function id_of(record)
  local published, fetched, digest, size = unpacked('<ddc8B', record)
  return sub(record, 36, 35 + size), published, fetched, digest
end

-- Appends number, record and finer sketch of an article, if it is still remembered.
local function tell(answer, number)
  local record = record_of(number)
  if not record then return false end
  answer[#answer + 1] = tonumber(number)
  answer[#answer + 1] = record
  answer[#answer + 1] = call('HGET', shard('h', number, 256), number) or ''
  return true
end
