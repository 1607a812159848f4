-- One atomic reading of a partition: the head, and fields of any number of hashes.
--
-- KEYS  1 head     string   the partition's head; absent reads as ''
--       2..        hash     the hashes wanted
-- ARGV  1          most bytes of values to return; the first hash is returned whatever its size
--       then for every key from 2: the number of fields, then the fields; 0 asks for the whole hash
-- Returns {head, served, answer...}: answers for the first `served` keys, each the values in order (nil where absent),
--       or field, value, field, value... for a whole hash. The caller asks again for the rest, and compares the heads.
local call, K, A = redis.call, KEYS, ARGV
local out, at, left = {call('GET', K[1]) or '', 0}, 2, tonumber(A[1])
for i = 2, #K do
  local n, got = tonumber(A[at]), nil
  if n == 0 then got = call('HGETALL', K[i]) else got = call('HMGET', K[i], unpack(A, at + 1, at + n)) end
  for j = 1, #got do
    if got[j] then left = left - #got[j] end
  end
  if left < 0 and i > 2 then break end
  out[i + 1] = got
  out[2] = i - 1
  at = at + 1 + n
end
return out
