-- One page of a partition's events, with what says whether anything is missing before it: in one step, because events
-- may be trimmed between two.
--
-- KEYS  1 ev     stream   the events; trimmed by age
--       2 meta   hash     `epoch` of the store, `trimmed`: the last event id that trimming took
-- ARGV  1 after  stream id, exclusive
--       2 count  events at most
-- Gives {epoch, trimmed, last, entries}: strings, and entries as XRANGE gives them.

local function later(a, b) -- ids are 64-bit numbers, which Lua has not: compare length, then digits
  local a1, a2 = a:match('^(%d+)%-(%d+)$')
  local b1, b2 = b:match('^(%d+)%-(%d+)$')
  if a1 == b1 then a1, b1 = a2, b2 end
  if #a1 ~= #b1 then return #a1 > #b1 end
  return a1 > b1
end

local meta = redis.call('HMGET', KEYS[2], 'epoch', 'trimmed')
local trimmed, last = meta[2] or '0-0', '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then last = info[i + 1] end
    -- Redis 7 and Valkey also know of trimming that was done by hand; 6.2 does not tell.
    if info[i] == 'max-deleted-entry-id' and later(info[i + 1], trimmed) then trimmed = info[i + 1] end
  end
end
return {meta[1] or '', trimmed, last, redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])}
