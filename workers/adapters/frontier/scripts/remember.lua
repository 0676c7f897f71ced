-- Notes pages as seen that were fetched before the frontier's memory was lost, each on its day or a
-- later one. ARGV: key and moment of each page.
for i = 1, #ARGV, 2 do
  local id, moment = ARGV[i], tonumber(ARGV[i + 1])
  if not is_seen(id, moment) then note_seen(id, moment) end
end
return 0
