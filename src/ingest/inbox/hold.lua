-- Move when names are due, of those that are still held: one that was settled meanwhile keeps its next turn.
--
-- KEYS  1 due:<source>  zset  name -> when it is due, ms
-- ARGV  1 when they are due now, ms   2 the latest end that a lease may have, ms   3... names
-- Returns how many were moved
local call, K, A = redis.call, KEYS, ARGV
local latest, moved = tonumber(A[2]), 0
for i = 3, #A do
  local due = call('ZSCORE', K[1], A[i])
  if due and tonumber(due) <= latest then
    call('ZADD', K[1], A[1], A[i])
    moved = moved + 1
  end
end
return moved
