-- Take a partition over under other versions, in one step: from here on no worker of the versions before commits.
--
-- KEYS  1 meta  hash    versions and stamp          2 head  string  random token
--       3 in    stream  inbox; group ARGV[1]        4..     hash    index keys that the new versions cannot read
-- ARGV  1 group  2 prefix of heartbeats  3 stamp believed  4 '1': although workers live  5 head new
--       then the fields of meta to set: name, value
-- Returns {'ok', keys dropped} | {'stale'} | {'alive', workers}; only ok wrote anything
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XINFO counts as a random command
local call, K, A = redis.call, KEYS, ARGV
if call('HGET', K[1], 'stamp') ~= A[3] then return {'stale'} end
local alive = 0
if call('EXISTS', K[3]) == 1 then
  for _, consumer in ipairs(call('XINFO', 'CONSUMERS', K[3], A[1])) do
    if call('GET', A[2] .. consumer[2]) == '1' then alive = alive + 1 end
  end
end
if alive > 0 and A[4] ~= '1' then return {'alive', alive} end
------------------------------------------------------------------------------------------------------------------------
call('SET', K[2], A[5])
for i = 6, #A, 2 do call('HSET', K[1], A[i], A[i + 1]) end
local dropped = 0
for i = 4, #K do dropped = dropped + call('UNLINK', K[i]) end
return {'ok', dropped}
