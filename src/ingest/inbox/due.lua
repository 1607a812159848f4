-- Take what is due of a source, so that nobody else takes it before the lease ends.
--
-- KEYS  1 due:<source>  zset  name -> when it is due, ms      2 progress:<source>  hash
-- ARGV  1 now, ms   2 end of the lease, ms   3 most names
-- Returns {when the first of the others is due or '', name, progress, ...}
local call, K, A = redis.call, KEYS, ARGV
local answer = {''}
for _, name in ipairs(call('ZRANGEBYSCORE', K[1], '-inf', A[1], 'LIMIT', 0, A[3])) do
  local stored = call('HGET', K[2], name)
  if stored then
    call('ZADD', K[1], A[2], name)
    answer[#answer + 1] = name
    answer[#answer + 1] = stored
  else
    call('ZREM', K[1], name) -- removed by hand: nothing is known of it
  end
end
local first = call('ZRANGE', K[1], 0, 0, 'WITHSCORES')
if first[2] then answer[1] = first[2] end
return answer
