-- Give dead letters another life: each becomes an inbox entry again, at the end of the order.
--
-- KEYS  1 in    stream  inbox                    2 n  hash  counters
--       3 dead  stream  dead letters: i, e, why, n
-- ARGV  the ids of the dead letters
-- Returns the new inbox id for each, '' where there is no such letter, or none with a payload
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XADD * counts as a random command
local call, K, A = redis.call, KEYS, ARGV
local answer = {}
for i = 1, #A do
  local found, payload = call('XRANGE', K[3], A[i], A[i])[1], ''
  if found then
    for j = 1, #found[2], 2 do
      if found[2][j] == 'e' then payload = found[2][j + 1] end
    end
  end
  answer[i] = ''
  if payload ~= '' then
    answer[i] = call('XADD', K[1], '*', 'e', payload)
    call('XDEL', K[3], A[i])
    call('HINCRBY', K[2], 'dead', -1)
    call('HINCRBY', K[2], 'bytes', #payload)
  end
end
return answer
