-- Give a consumer of a group its next events; never past a gap that the subscriber has not been told of.
--
-- KEYS  1 ev        stream   the events; this group's position and pending list are in it
--       2 meta      hash     `trimmed`: the last event id that trimming took
-- ARGV  1 group
--       2 consumer
--       3 count     events at most
--       4 from      `>`: events never given to the group; a stream id: this consumer's pending ones after it
--       5 told      end of the gap that the subscriber has been told of, or ''
-- Gives {'entries', position, {{id, fields or false}, ...}}, with the group's position before; {'gap', from, to}; or
-- {'no group'}.

if redis.replicate_commands then redis.replicate_commands() end -- Redis 6.2; newer servers always replicate effects

local function later(a, b) -- ids are 64-bit numbers, which Lua has not: compare length, then digits
  local a1, a2 = a:match('^(%d+)%-(%d+)$')
  local b1, b2 = b:match('^(%d+)%-(%d+)$')
  if a1 == b1 then a1, b1 = a2, b2 end
  if #a1 ~= #b1 then return #a1 > #b1 end
  return a1 > b1
end

local function field(reply, name)
  for i = 1, #reply, 2 do
    if reply[i] == name then return reply[i + 1] end
  end
end

local delivered
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    if field(group, 'name') == ARGV[1] then delivered = field(group, 'last-delivered-id') end
  end
end
if not delivered then return {'no group'} end

if ARGV[4] == '>' then
  local trimmed = redis.call('HGET', KEYS[2], 'trimmed') or '0-0'
  local deleted = field(redis.call('XINFO', 'STREAM', KEYS[1]), 'max-deleted-entry-id')
  if deleted and later(deleted, trimmed) then trimmed = deleted end
  if later(trimmed, delivered) then
    if trimmed ~= ARGV[5] then return {'gap', delivered, trimmed} end
    redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], trimmed)
  end
end

local reply = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', ARGV[3], 'STREAMS', KEYS[1], ARGV[4])
return {'entries', delivered, reply and reply[1][2] or {}}
