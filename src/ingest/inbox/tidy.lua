-- Remove the names of consumers that are dead and hold nothing; those that hold something are claimed first.
--
-- KEYS  1 in  stream  inbox
-- ARGV  1 group  2 prefix of the heartbeat keys
-- Returns the number of names removed
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XINFO counts as a random command
local call, K, A = redis.call, KEYS, ARGV
local gone = 0
for _, consumer in ipairs(call('XINFO', 'CONSUMERS', K[1], A[1])) do
  -- name, <name>, pending, <number>: the same places on every server. With pending entries DELCONSUMER would lose them.
  if consumer[4] == 0 and call('GET', A[2] .. consumer[2]) ~= '1' then
    call('XGROUP', 'DELCONSUMER', K[1], A[1], consumer[2])
    call('DEL', A[2] .. consumer[2])
    gone = gone + 1
  end
end
return gone
