-- Move when names are due, of those that are still held: one that was settled meanwhile keeps its next turn.
--
-- KEYS  1 due:<source>  zset  name -> when it is due, ms
-- ARGV  1 the latest end that a lease may have, ms   then of each: name, when it is due now, ms
-- Returns how many were moved
local call, K, A = redis.call, KEYS, ARGV
local latest, moved = tonumber(A[1]), 0
for i = 2, #A, 2 do
  local due = call('ZSCORE', K[1], A[i])
  if due and tonumber(due) <= latest then
    call('ZADD', K[1], A[i + 1], A[i])
    moved = moved + 1
  end
end
return moved
