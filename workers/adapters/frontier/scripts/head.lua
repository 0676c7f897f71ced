-- The beginning of every script of the frontier: workers/adapters/redis/lua.py puts it before
-- the file of the verb, which uses the locals below. KEYS[1] is the installation's prefix. Each run
-- is atomic.
--
-- return_at: ids of failed pages by the moment from which an announcement queues them again;
-- returns: how often each has failed so.
-- pages: id -> priority digit, host, newline, event; q:HOST: ids ready, best first;
-- later: ids by due time; due: hosts by the moment they may be leased; live: leases by site.
-- What a backfill found waits in a line of its own, b:HOST, its hosts in idle; fresh:SITE are the
-- hosts of a site whose q:HOST is not empty.
local root = KEYS[1]
local function key(name) return root .. ':frontier:' .. name end
local pages, tries, later, due = key('pages'), key('tries'), key('later'), key('due')
local leases, leased, live, suspects = key('leases'), key('leased'), key('live'), key('suspects')
local taken, idle = key('taken'), key('idle')
local BACKFILL = 9 -- schemas.events.PRIORITY_BACKFILL
local FRESH_LINE = {queue = 'q:', schedule = due}
local BACKFILL_LINE = {queue = 'b:', schedule = idle}
local exhausted, sites, seen_count = key('exhausted'), key('sites'), key('seen_count')
local return_at, returns = key('return_at'), key('returns')
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

-- A page that waits counts as seen only when it has been fetched.
local function note_seen(id, now)
  if redis.call('HEXISTS', pages, id) == 1 then return end
  if redis.call('HSET', seen_key(id), string.sub(id, 3), day_of(now)) == 1 then
    redis.call('INCR', seen_count)
  end
end

-- A page that failed for a cause that may pass is queued again when it is announced again.
local function may_return(id, now)
  local moment = redis.call('ZSCORE', return_at, id)
  if not moment or tonumber(moment) > now then return false end
  redis.call('ZREM', return_at, id)
  return true
end

local function head(page) return string.match(page, '^(%d)([^\n]*)\n') end

local function fresh_key(host) return key('fresh:' .. (redis.call('HGET', sites, host) or host)) end

local function enqueue(id, page, now)
  local priority, host = head(page)
  local turn = redis.call('INCR', key('turns'))
  local line = tonumber(priority) >= BACKFILL and BACKFILL_LINE or FRESH_LINE
  redis.call('ZADD', key(line.queue .. host), priority * 1e12 + turn, id)
  redis.call('ZADD', line.schedule, 'NX', now, host)
  if line == FRESH_LINE then redis.call('SADD', fresh_key(host), host) end
end

local function note_taken(host)
  if redis.call('EXISTS', key('q:' .. host)) == 1 then return end
  redis.call('SREM', fresh_key(host), host)
end

local function dequeue(id, page)
  local _, host = head(page)
  local was_old = redis.call('ZREM', key('b:' .. host), id) == 1
  local was_fresh = redis.call('ZREM', key('q:' .. host), id) == 1
  note_taken(host)
  return was_old or was_fresh
end

-- Queues a page that is neither waiting nor seen, or seen and free to return; one that waits moves
-- up if it has a better priority now. Returns 'new', 'known', or 'refused' by the bound.
local function offer(id, host, site, page, now, is_full)
  local queued = redis.call('HGET', pages, id)
  if queued then
    if string.sub(page, 1, 1) < string.sub(queued, 1, 1) and dequeue(id, queued) then
      redis.call('HSET', pages, id, page)
      enqueue(id, page, now)
    end
    return 'known'
  end
  if is_seen(id, now) and not may_return(id, now) then return 'known' end
  if is_full then return 'refused' end
  redis.call('HSET', pages, id, page)
  redis.call('HSET', sites, host, site)
  enqueue(id, page, now)
  return 'new'
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
  for _, line in ipairs({FRESH_LINE, BACKFILL_LINE}) do
    if redis.call('EXISTS', key(line.queue .. host)) == 1 then
      redis.call('ZADD', line.schedule, now, host)
    end
  end
end

local function close_if_empty(lease, now)
  if redis.call('EXISTS', key('lease:' .. lease)) == 0 then close(lease, now) end
end

local function used_up(id, most)
  return tonumber(redis.call('HGET', tries, id) or '0') >= most
end
