-- A worker goes: what it holds may be claimed at once, and counts as no death.
--
-- KEYS  1 in  stream  inbox    2 hb:<consumer>  string  heartbeat    3 turn  stream  MAXLEN 1, the poke
-- ARGV  1 group  2 consumer  3 ms that the word is kept
-- Returns the number of entries it leaves, 0 or 1 for "some"
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XPENDING counts as a random command
local call, K, A = redis.call, KEYS, ARGV
local holds = #call('XPENDING', K[1], A[1], '-', '+', 1, A[2])
if holds == 0 then
  call('DEL', K[2])
  call('XGROUP', 'DELCONSUMER', K[1], A[1], A[2])
else
  call('SET', K[2], 'left', 'PX', A[3])
  call('XADD', K[3], 'MAXLEN', '=', 1, '*', 'o', '')
end
return holds
