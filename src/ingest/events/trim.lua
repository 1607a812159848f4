-- Forget the events before a stream id, and remember that they were there.
--
-- KEYS  1 ev      stream   the events
--       2 meta    hash     `trimmed`: the last event id that trimming took
-- ARGV  1 before  stream id; this one is kept
-- Gives the number of events forgotten.

if redis.replicate_commands then redis.replicate_commands() end -- Redis 6.2; newer servers always replicate effects

local last = redis.call('XREVRANGE', KEYS[1], '(' .. ARGV[1], '-', 'COUNT', 1)
if #last == 0 then return 0 end
-- XTRIM first: it frees, so a server that is out of memory allows it, and then the HSET of the same script as well.
local gone = redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[1])
redis.call('HSET', KEYS[2], 'trimmed', last[1][1])
return gone
