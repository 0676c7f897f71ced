-- All changes of the frontier, each in one atomic run. KEYS[1] prefix; ARGV[1] the verb.
-- pages: id -> priority digit, host, newline, event; q:HOST: ids ready, best first;
-- later: ids by due time; due: hosts by the moment they may be leased; live: leases by site.
local root, verb = KEYS[1], ARGV[1]
local function key(name) return root .. ':frontier:' .. name end
local pages, tries, later, due = key('pages'), key('tries'), key('later'), key('due')
local leases, leased, live, suspects = key('leases'), key('leased'), key('live'), key('suspects')
local taken = key('taken')
local exhausted, sites, seen_count = key('exhausted'), key('sites'), key('seen_count')
local LOOKED_AT, ROUNDS = 64, 8
local LONGEST_WAIT = 21600
local FIRST_DAY, DAY = 1767225600, 86400 -- 2026-01-01: small numbers take one byte less

-- A caller without a clock means the server's time.
local function moment_of(text)
  if text ~= '' then return tonumber(text) end
  local time = redis.call('TIME')
  return time[1] + time[2] / 1e6
end

local function seen_key(id) return key('seen:' .. string.sub(id, 1, 2)) end
local function day_of(now) return math.floor((now - FIRST_DAY) / DAY) end

-- A page that is still named somewhere is not forgotten.
local function is_seen(id, now)
  local day = redis.call('HGET', seen_key(id), string.sub(id, 3))
  if day and tonumber(day) < day_of(now) then
    redis.call('HSET', seen_key(id), string.sub(id, 3), day_of(now))
  end
  return day
end

local function head(page) return string.match(page, '^(%d)([^\n]*)\n') end

local function enqueue(id, page, now)
  local priority, host = head(page)
  local turn = redis.call('INCR', key('turns'))
  redis.call('ZADD', key('q:' .. host), priority * 1e12 + turn, id)
  redis.call('ZADD', due, 'NX', now, host)
end

local function close(lease, now)
  local host = redis.call('HGET', leased, lease)
  if not host then return end
  redis.call('DEL', key('lease:' .. lease))
  redis.call('ZREM', leases, lease)
  redis.call('HDEL', leased, lease)
  redis.call('SREM', taken, lease)
  local site = redis.call('HGET', sites, host)
  if redis.call('HINCRBY', live, site, -1) <= 0 then redis.call('HDEL', live, site) end
  if redis.call('EXISTS', key('q:' .. host)) == 1 then redis.call('ZADD', due, now, host) end
end

local function close_if_empty(lease, now)
  if redis.call('EXISTS', key('lease:' .. lease)) == 0 then close(lease, now) end
end

local function used_up(id, most)
  return tonumber(redis.call('HGET', tries, id) or '0') >= most
end

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

-- One page that outlived its worker is leased alone, so that it cannot use up its neighbours' tries.
local function take(host, wanted)
  local queue, ids = key('q:' .. host), {}
  for i, id in ipairs(redis.call('ZRANGE', queue, 0, wanted - 1)) do
    local is_suspect = redis.call('SISMEMBER', suspects, id) == 1
    if is_suspect and i > 1 then break end
    ids[#ids + 1] = id
    if is_suspect then break end
  end
  redis.call('ZREM', queue, unpack(ids))
  return ids
end

local function hold(host, site, ids, worker, now, seconds, concurrency)
  local lease = worker .. ':' .. redis.call('INCR', key('lease_number'))
  redis.call('SADD', key('lease:' .. lease), unpack(ids))
  redis.call('ZADD', leases, now + seconds, lease)
  redis.call('HSET', leased, lease, host)
  local others = redis.call('HINCRBY', live, site, 1)
  local is_open = redis.call('EXISTS', key('q:' .. host)) == 1
  if is_open and others < concurrency then
    redis.call('ZADD', due, now, host)
  else
    redis.call('ZREM', due, host)
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
local function try_host(host, worker, now, seconds, most_pages, work)
  if redis.call('EXISTS', key('q:' .. host)) == 0 then
    redis.call('ZREM', due, host)
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
  if open_again > now then
    redis.call('ZADD', due, open_again, host)
    return nil
  end
  local fits = 1 + math.floor(math.min(work, 0.8 * seconds) / math.max(interval, 0.001))
  return hold(host, site, take(host, math.min(most_pages, fits)), worker, now, seconds, most)
end

if verb == 'add' then
  local now, bound, new, refused = moment_of(ARGV[2]), tonumber(ARGV[3]), 0, 0
  local known = redis.call('HLEN', pages) + tonumber(redis.call('GET', seen_count) or '0')
  for i = 4, #ARGV, 4 do
    local id, host, site, page = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
    local queued = redis.call('HGET', pages, id)
    if queued then
      local place = key('q:' .. host)
      if string.sub(page, 1, 1) < string.sub(queued, 1, 1) and redis.call('ZREM', place, id) == 1 then
        redis.call('HSET', pages, id, page)
        enqueue(id, page, now)
      end
    elseif not is_seen(id, now) then
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
elseif verb == 'lease' then
  local now, worker, seconds = moment_of(ARGV[2]), ARGV[3], tonumber(ARGV[4])
  local most_pages, most_tries, work = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
  reclaim(now, most_tries)
  ripen(now)
  for i = 8, #ARGV do
    local moment = redis.call('ZSCORE', due, ARGV[i])
    if moment and tonumber(moment) <= now then
      local answer = try_host(ARGV[i], worker, now, seconds, most_pages, work)
      if answer then return answer end
    end
  end
  if #ARGV >= 8 then return nil end
  for _ = 1, ROUNDS do
    local hosts = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, LOOKED_AT)
    if #hosts == 0 then return nil end
    for _, host in ipairs(hosts) do
      local answer = try_host(host, worker, now, seconds, most_pages, work)
      if answer then return answer end
    end
  end
  return nil
elseif verb == 'take' then
  local lease, moment = ARGV[2], tonumber(ARGV[3])
  if redis.call('HEXISTS', leased, lease) == 0 then return {} end
  if redis.call('SADD', taken, lease) == 0 then return {} end
  redis.call('ZADD', leases, 'XX', moment, lease)
  return redis.call('SMEMBERS', key('lease:' .. lease))
elseif verb == 'finish' then
  local now, lease, id = moment_of(ARGV[2]), ARGV[3], ARGV[4]
  redis.call('SREM', key('lease:' .. lease), id)
  local page = redis.call('HGET', pages, id)
  if page then
    local _, host = head(page)
    redis.call('ZREM', key('q:' .. host), id)
    redis.call('ZREM', later, id)
    redis.call('HDEL', pages, id)
    redis.call('HDEL', tries, id)
    redis.call('SREM', suspects, id)
    redis.call('SREM', exhausted, id)
    if redis.call('HSET', seen_key(id), string.sub(id, 3), day_of(now)) == 1 then
      redis.call('INCR', seen_count)
    end
  end
  close_if_empty(lease, now)
  return page and 1 or 0
elseif verb == 'put_back' then
  local now, lease, id = moment_of(ARGV[2]), ARGV[3], ARGV[4]
  local wait, was_tried, most = tonumber(ARGV[5]), ARGV[6] == '1', tonumber(ARGV[7])
  if redis.call('SREM', key('lease:' .. lease), id) == 0 then return 1 end
  if redis.call('HEXISTS', pages, id) == 0 then
    close_if_empty(lease, now)
    return 1
  end
  redis.call('SREM', suspects, id)
  if not was_tried then redis.call('HINCRBY', tries, id, -1) end
  local is_over = was_tried and used_up(id, most)
  if is_over then
    redis.call('SADD', exhausted, id)
  else
    local before = tonumber(redis.call('HGET', tries, id) or '1') - 1
    if was_tried then wait = math.min(math.max(wait, LONGEST_WAIT), wait * 2 ^ before) end
    redis.call('ZADD', later, now + wait, id)
  end
  close_if_empty(lease, now)
  return is_over and 0 or 1
elseif verb == 'again' then
  local id, host, site, page, moment = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
  if redis.call('HEXISTS', pages, id) == 1 then
    local waits_until = redis.call('ZSCORE', later, id)
    if not waits_until or tonumber(waits_until) <= tonumber(moment) then return 0 end
    redis.call('HDEL', tries, id)
  end
  redis.call('HSET', pages, id, page)
  redis.call('HSET', sites, host, site)
  redis.call('ZADD', later, moment, id)
  return 1
elseif verb == 'exhausted' then
  local answer = {}
  for _, id in ipairs(redis.call('SRANDMEMBER', exhausted, tonumber(ARGV[2]))) do
    local page = redis.call('HGET', pages, id)
    if page then
      answer[#answer + 1] = string.sub(page, string.find(page, '\n', 1, true) + 1)
    else
      redis.call('SREM', exhausted, id)
    end
  end
  return answer
elseif verb == 'forget' then
  local first, number, before, gone = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), 0
  for bucket = first, first + number - 1 do
    local name = key('seen:' .. string.char(math.floor(bucket / 256), bucket % 256))
    local rows = redis.call('HGETALL', name)
    for i = 1, #rows, 2 do
      if tonumber(rows[i + 1]) < before then gone = gone + redis.call('HDEL', name, rows[i]) end
    end
  end
  if gone > 0 then redis.call('DECRBY', seen_count, gone) end
  return gone
end
return redis.error_reply('unknown verb ' .. verb)
