-- Queues pages that are neither waiting nor seen, or seen and free to return. ARGV: now ('' for the
-- server's time), bound, then key, host, site and row of each page. Returns how many were new, and
-- how many did not fit.
local now, bound, new, refused = moment_of(ARGV[1]), tonumber(ARGV[2]), 0, 0
local known = redis.call('HLEN', pages) + tonumber(redis.call('GET', seen_count) or '0')
for i = 3, #ARGV, 4 do
  local answer = offer(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], now, known >= bound)
  if answer == 'new' then new, known = new + 1, known + 1 end
  if answer == 'refused' then refused = refused + 1 end
end
return {new, refused}
