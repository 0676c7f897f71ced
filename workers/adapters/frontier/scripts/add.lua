-- Queues pages that are neither waiting nor seen, or seen and free to return. ARGV: now ('' for the
-- server's time), bound, then key, host, site and row of each page. Returns how many were new, and
-- how many did not fit.
local now, bound, new, refused = moment_of(ARGV[1]), tonumber(ARGV[2]), 0, 0
local known = redis.call('HLEN', pages) + tonumber(redis.call('GET', seen_count) or '0')
for i = 3, #ARGV, 4 do
  local id, host, site, page = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local queued = redis.call('HGET', pages, id)
  if queued then
    local place = key('q:' .. host)
    if string.sub(page, 1, 1) < string.sub(queued, 1, 1) and redis.call('ZREM', place, id) == 1 then
      redis.call('HSET', pages, id, page)
      enqueue(id, page, now)
    end
  elseif not is_seen(id, now) or may_return(id, now) then
    if known >= bound then
      refused = refused + 1
    else
      redis.call('HSET', pages, id, page)
      redis.call('HSET', sites, host, site)
      enqueue(id, page, now)
      new, known = new + 1, known + 1
    end
  end
end
return {new, refused}
