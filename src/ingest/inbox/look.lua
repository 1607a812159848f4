-- Whose turn is it? Head, turn and the front of the pending list, of one moment.
--
-- KEYS  1 in        stream  inbox                               2 head    string  the partition's head
--       3 turn      stream  MAXLEN 1, poked by every commit     4 deaths  hash    inbox id -> deaths; `run`: server run
-- ARGV  1 group  2 prefix of the heartbeat keys  3 entries wanted of the front
-- Returns {head or '', id of the last poke, entries, pending, ms left of the first owner, id, owner, deaths, id, ...}
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XPENDING counts as a random command
local call, K, A = redis.call, KEYS, ARGV
local poke = call('XREVRANGE', K[3], '+', '-', 'COUNT', 1)
local total = call('XPENDING', K[1], A[1])[1]
local out = {call('GET', K[2]) or '', poke[1] and poke[1][1] or '0-0', call('XLEN', K[1]), total, -2}
if total == 0 then return out end
local front = call('XPENDING', K[1], A[1], '-', '+', A[3])
local beat = A[2] .. front[1][2]
if call('GET', beat) == '1' then out[5] = call('PTTL', beat) end
local deaths = {}
if call('HLEN', K[4]) > 1 then
  local ids = {}
  for i = 1, #front do ids[i] = front[i][1] end
  -- A restart loses heartbeats, and a rollback the commits: neither is an article's doing.
  local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
  if call('HGET', K[4], 'run') == run then deaths = call('HMGET', K[4], unpack(ids)) end
end
for i = 1, #front do
  out[#out + 1] = front[i][1]
  out[#out + 1] = front[i][2]
  out[#out + 1] = deaths[i] or '0'
end
return out
