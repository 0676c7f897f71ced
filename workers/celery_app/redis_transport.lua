#!lua flags=allow-oom
-- A full server still hands out and takes back: that is how it gets room again.
-- Who holds which message, in one atomic run each. KEYS[1] root; ARGV: verb, holder, dead queue,
-- how often a message may come back, then the verb's own.
-- ROOT:held:HOLDER: tag -> queue, newline, message; ROOT:order: "HOLDER TAG" by time;
-- ROOT:returns: tag -> how often it came back; ROOT:holders.
local root, verb, holder, dead, limit = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local order, holders, returns = root .. ':order', root .. ':holders', root .. ':returns'
local function held(who) return root .. ':held:' .. who end

-- Takes a message out of its holder's hands; its queue and itself, or nothing.
local function let_go(who, tag)
  local kept = redis.call('HGET', held(who), tag)
  redis.call('ZREM', order, who .. ' ' .. tag)
  if not kept then return nil end
  redis.call('HDEL', held(who), tag)
  local cut = string.find(kept, '\n', 1, true)
  return string.sub(kept, 1, cut - 1), string.sub(kept, cut + 1)
end

local function give_back(who, tag)
  local queue, message = let_go(who, tag)
  if not queue then return 0 end
  if redis.call('HINCRBY', returns, tag, 1) > limit then
    redis.call('HDEL', returns, tag)
    redis.call('LPUSH', dead, message)
  else
    redis.call('RPUSH', queue, message)
  end
  return 1
end

local function tag_of(message)
  local is_json, read = pcall(cjson.decode, message)
  if not is_json or type(read) ~= 'table' or type(read.properties) ~= 'table' then return nil end
  local tag = read.properties.delivery_tag
  return type(tag) == 'string' and tag or nil
end

-- What is no message at all becomes one that can be read, so that the dead queue can be emptied.
local function wrapped(raw, queue, number)
  local hex = string.gsub(raw, '.', function(c) return string.format('%02x', string.byte(c)) end)
  return cjson.encode({
    body = hex, ['content-type'] = 'application/octet-stream', ['content-encoding'] = 'us-ascii',
    headers = {queue = queue},
    properties = {
      body_encoding = 'utf-8', delivery_tag = 'broken-' .. number,
      delivery_info = {exchange = '', routing_key = queue},
    },
  })
end

if verb == 'take' then
  local now = ARGV[5]
  for i = 2, #KEYS do
    local message = redis.call('RPOP', KEYS[i])
    while message do
      local tag = tag_of(message)
      if tag then
        redis.call('HSET', held(holder), tag, KEYS[i] .. '\n' .. message)
        redis.call('ZADD', order, now, holder .. ' ' .. tag)
        redis.call('SADD', holders, holder)
        return {KEYS[i], message}
      end
      local number = redis.call('INCR', root .. ':broken')
      redis.call('LPUSH', dead, wrapped(message, KEYS[i], number))
      message = redis.call('RPOP', KEYS[i])
    end
  end
  return nil
elseif verb == 'done' then
  redis.call('HDEL', returns, ARGV[5])
  return let_go(holder, ARGV[5]) and 1 or 0
elseif verb == 'back' then
  return give_back(holder, ARGV[5])
elseif verb == 'dead' then
  local queue, message = let_go(holder, ARGV[5])
  redis.call('HDEL', returns, ARGV[5])
  if queue then redis.call('LPUSH', dead, message) end
  return queue and 1 or 0
elseif verb == 'lost' then
  local given = 0
  for i = 5, #ARGV do
    for _, tag in ipairs(redis.call('HKEYS', held(ARGV[i]))) do
      given = given + give_back(ARGV[i], tag)
    end
    redis.call('SREM', holders, ARGV[i])
  end
  return given
elseif verb == 'overdue' then
  local given = 0
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', order, '-inf', ARGV[5], 'LIMIT', 0, 500)) do
    local cut = string.find(name, ' ', 1, true)
    given = given + give_back(string.sub(name, 1, cut - 1), string.sub(name, cut + 1))
  end
  return given
end
return redis.error_reply('unknown verb ' .. verb)
