-- A host asked everybody to wait: no request begins before, whatever a shorter wait says that came with another answer.
--
-- KEYS  1 host:<name>  hash  next: when the next may begin, ms; see hosts.lua
-- ARGV  1 when the next may begin, ms   2 life of the key, ms
local call, K, A = redis.call, KEYS, ARGV
local stored = call('HGET', K[1], 'next')
if stored and tonumber(stored) >= tonumber(A[1]) then return 0 end
call('HSET', K[1], 'next', A[1])
call('PEXPIRE', K[1], A[2])
return 1
