-- Leases the best pages of the host that has waited longest; those of a backfill if there are no
-- others. ARGV: now, worker, seconds, most pages, most attempts, seconds of work, '1' for none of a
-- backfill, then the hosts to choose from (none: all). Returns lease, host and the pages' events,
-- or nil.
local HOSTS_AT_ONCE, MAX_ROUNDS = 64, 8

local function reclaim(now, most)
  for _, lease in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 20)) do
    for _, id in ipairs(redis.call('SMEMBERS', key('lease:' .. lease))) do
      local page = redis.call('HGET', pages, id)
      if page and used_up(id, most) then
        redis.call('SADD', exhausted, id)
      elseif page then
        redis.call('SADD', suspects, id)
        enqueue(id, page, now)
      end
    end
    close(lease, now)
  end
end

local function ripen(now)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, 500)) do
    redis.call('ZREM', later, id)
    local page = redis.call('HGET', pages, id)
    if page then enqueue(id, page, now) end
  end
end

-- One page that outlived its worker is leased alone, so that it cannot use up the tries of others.
local function take(line, host, wanted)
  local queue, ids = key(line.queue .. host), {}
  for i, id in ipairs(redis.call('ZRANGE', queue, 0, wanted - 1)) do
    local is_suspect = redis.call('SISMEMBER', suspects, id) == 1
    if is_suspect and i > 1 then break end
    ids[#ids + 1] = id
    if is_suspect then break end
  end
  redis.call('ZREM', queue, unpack(ids))
  note_taken(host)
  return ids
end

local function hold(line, host, site, ids, worker, now, seconds, concurrency)
  local lease = worker .. ':' .. redis.call('INCR', key('lease_number'))
  redis.call('SADD', key('lease:' .. lease), unpack(ids))
  redis.call('ZADD', leases, now + seconds, lease)
  redis.call('HSET', leased, lease, host)
  local others = redis.call('HINCRBY', live, site, 1)
  local is_open = redis.call('EXISTS', key(line.queue .. host)) == 1
  if is_open and others < concurrency then
    redis.call('ZADD', line.schedule, now, host)
  else
    redis.call('ZREM', line.schedule, host)
  end
  local answer = {lease, host}
  for _, id in ipairs(ids) do
    redis.call('HINCRBY', tries, id, 1)
    local page = redis.call('HGET', pages, id)
    answer[#answer + 1] = string.sub(page, string.find(page, '\n', 1, true) + 1)
  end
  return answer
end

-- No more pages than are worked off in `work` seconds: no worker sits on pages that have to wait.
local function try_host(line, host, worker, now, seconds, most_pages, work)
  if redis.call('EXISTS', key(line.queue .. host)) == 0 then
    redis.call('ZREM', line.schedule, host)
    return nil
  end
  local site = redis.call('HGET', sites, host)
  local clock = redis.call('HMGET', root .. ':pace:' .. site, 'stop', 'next', 'interval', 'most')
  local stop, next_turn = tonumber(clock[1] or '0'), tonumber(clock[2] or '0')
  local interval, most = tonumber(clock[3] or '2'), tonumber(clock[4] or '1')
  local open_again = math.max(stop, next_turn)
  if tonumber(redis.call('HGET', live, site) or '0') >= most then
    open_again = math.max(open_again, now + 1)
  end
  -- a page that is not of a backfill waits on this site, perhaps on another of its hosts
  if line == BACKFILL_LINE and redis.call('EXISTS', fresh_key(host)) == 1 then
    open_again = math.max(open_again, now + 1)
  end
  if open_again > now then
    redis.call('ZADD', line.schedule, open_again, host)
    return nil
  end
  local fits = 1 + math.floor(math.min(work, 0.8 * seconds) / math.max(interval, 0.001))
  local ids = take(line, host, math.min(most_pages, fits))
  return hold(line, host, site, ids, worker, now, seconds, most)
end

local now, worker, seconds = moment_of(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local most_pages, most_tries, work = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local FIRST_HOST = 8

local function try_named(line)
  for i = FIRST_HOST, #ARGV do
    local moment = redis.call('ZSCORE', line.schedule, ARGV[i])
    if moment and tonumber(moment) <= now then
      local answer = try_host(line, ARGV[i], worker, now, seconds, most_pages, work)
      if answer then return answer end
    end
  end
end

local function try_all(line)
  for _ = 1, MAX_ROUNDS do
    local bounds = {'-inf', now, 'LIMIT', 0, HOSTS_AT_ONCE}
    local hosts = redis.call('ZRANGEBYSCORE', line.schedule, unpack(bounds))
    if #hosts == 0 then return nil end
    for _, host in ipairs(hosts) do
      local answer = try_host(line, host, worker, now, seconds, most_pages, work)
      if answer then return answer end
    end
  end
end

reclaim(now, most_tries)
ripen(now)
local try = #ARGV >= FIRST_HOST and try_named or try_all
return try(FRESH_LINE) or (ARGV[7] ~= '1' and try(BACKFILL_LINE)) or nil
