-- The beginning of every script of a backfill's walk. KEYS[1] is the backfill's own prefix.
--
-- state: plan, state, finished; sources: id -> source; turns: id -> its place in order; order: ids
-- of sources to read, first ones first; later: ids by the moment from which they are read again;
-- known: ids of all sources there ever were; claims: id -> walker; walker:NAME lives while the
-- walker does; links: pages that wait for the frontier; open: pages that have not ended; counts,
-- ends: numbers; failed, failed_sources: by id; left_out, left_at: number and example by why;
-- samples: time:done.
local base = KEYS[1]
local function key(name) return base .. ':' .. name end
local function count(name, number) redis.call('HINCRBY', key('counts'), name, number) end
local MAX_SOURCES = 100000
local BEYOND = 'more sources than a backfill reads'

local function leave_out(why, number, url)
  redis.call('HINCRBY', key('left_out'), why, number)
  redis.call('HSETNX', key('left_at'), why, url)
end

-- Puts a source in its place, unless it has been there before.
local function add_source(id, turn, source, url)
  if redis.call('SISMEMBER', key('known'), id) == 1 then return end
  if redis.call('SCARD', key('known')) >= MAX_SOURCES then
    leave_out(BEYOND, 1, url)
    return
  end
  redis.call('SADD', key('known'), id)
  redis.call('HSET', key('sources'), id, source)
  redis.call('HSET', key('turns'), id, turn)
  redis.call('ZADD', key('order'), turn, id)
end
