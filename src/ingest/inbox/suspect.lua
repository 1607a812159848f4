-- From now on an entry is handled alone: its worker knows that it hung on it.
--
-- KEYS  1 deaths  hash  inbox id -> deaths; `run`: server run
-- ARGV  1 inbox id  2 deaths from which an entry is handled alone
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: INFO counts as a random command
local call, K, A = redis.call, KEYS, ARGV
local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
if call('HGET', K[1], 'run') ~= run then
  call('DEL', K[1])
  call('HSET', K[1], 'run', run)
end
if tonumber(call('HGET', K[1], A[1]) or '0') < tonumber(A[2]) then call('HSET', K[1], A[1], A[2]) end
return 1
