-- Take over a dead owner's oldest entries. The heartbeat is looked at in the same script: idle time alone proves nothing.
--
-- KEYS  1 in        stream  inbox                        2 hb:<owner>  string  '1' lives, 'left' went of its own accord
--       3 deaths    hash    inbox id -> deaths; `run`    4 n           hash    counters
-- ARGV  1 group  2 new owner  3 old owner  4 most entries (<= 900)
-- Returns the number taken from the old owner, 0 when it lives
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XPENDING and INFO count as random commands
local call, K, A = redis.call, KEYS, ARGV
local beat = call('GET', K[2])
if beat == '1' then return 0 end
local pending = call('XPENDING', K[1], A[1], '-', '+', A[4], A[3])
local n = #pending
if n > 0 then
  local ids = {}
  for i = 1, n do ids[i] = pending[i][1] end
  if beat ~= 'left' then
    local run = string.match(call('INFO', 'server'), 'run_id:(%w+)')
    if call('HGET', K[3], 'run') ~= run then
      call('DEL', K[3])
      call('HSET', K[3], 'run', run)
    end
    for i = 1, n do call('HINCRBY', K[3], ids[i], 1) end
  end
  -- JUSTID: no payload, no delivery count. Deaths are counted apart: they only choose between a batch and alone.
  ids[n + 1] = 'JUSTID'
  local taken = call('XCLAIM', K[1], A[1], A[2], 0, unpack(ids))
  -- Valkey and Redis 7 drop an entry that somebody deleted from the stream; 6.2 hands it over. Count it, or nothing balances.
  if #taken < n then
    local have = {}
    for i = 1, #taken do have[taken[i]] = true end
    for i = 1, n do
      if not have[ids[i]] then call('HDEL', K[3], ids[i]) end
    end
    call('HINCRBY', K[4], 'dead', n - #taken)
  end
end
-- With pending entries DELCONSUMER would lose them (10 of 20, both servers): only the name of one that holds nothing.
if #call('XPENDING', K[1], A[1], '-', '+', 1, A[3]) == 0 then
  call('XGROUP', 'DELCONSUMER', K[1], A[1], A[3])
  call('DEL', K[2])
end
return n
