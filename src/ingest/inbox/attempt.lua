-- Count what handling one entry alone came to. Void when the server was restarted: a rollback keeps counts, not commits.
--
-- KEYS  1 attempts  hash  inbox id -> 'times life' (a life is a process); inbox id and '!' -> times it raised; `run`
-- ARGV  1 inbox id  2 'begin' | 'undo' | 'raised'  3 life
-- Returns the number of times: begun, or raised
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: INFO counts as a random command
local call, K, A, num = redis.call, KEYS, ARGV, tonumber
local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
if call('HGET', K[1], 'run') ~= run then
  call('DEL', K[1])
  call('HSET', K[1], 'run', run)
end
if A[2] == 'raised' then return call('HINCRBY', K[1], A[1] .. '!', 1) end
local times, life = string.match(call('HGET', K[1], A[1]) or '0 ', '^(%d+) (.*)$')
times = num(times)
-- The same life again: an answer was lost or somebody else wrote. It has not died of the article.
if A[2] == 'begin' and life ~= A[3] then times, life = times + 1, A[3]
elseif A[2] == 'undo' and life == A[3] then times, life = times - 1, '' end
call('HSET', K[1], A[1], times .. ' ' .. life)
return times
