-- The one script that writes a partition: all of a batch, or nothing.
--
-- KEYS  1 in        stream  inbox; group ARGV[1]           2 head   string  random token, absent reads as ''
--       3 ev        stream  events, field e                4 n      hash    counters
--       5 turn      stream  MAXLEN 1, the poke             6 deaths hash    inbox id -> times its worker died
--       7 attempts  hash    inbox id -> times alone        8 dead   stream  dead letters: i, e, why, n
--       9 meta      hash    `stamp` names the versions     10..     hash    every other key written or forgotten
-- ARGV  1 group  2 consumer  3 head expected  4 head new  5 stamp expected, '' for any
--       n, then n inbox ids          ascending: the first n of the group's pending list, all held by the consumer
--       m, then m decisions          key number, field, end: refused where one exists whose value ends so
--       e, then e events             finished bytes
--       d, then d dead letters       inbox id, error
--       x, then x drops              key number: forgotten, before anything is written
--       w, then w writes             key number, expiry in ms or '', count, then so many fields and values (<= 900)
--                                    expiries are by the batch's own time: a backlog's are moved on by its age;
--                                    set when the hash is made, '+' before it: with every write
--       c, then c counters           name, amount
-- Returns {'ok', head new} | {'head', now} | {'turn', now} | {'decided', now} | {'version', now}; only ok wrote anything
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XPENDING and XADD * count as random commands
local call, K, A, num = redis.call, KEYS, ARGV, tonumber

-- Read and validate: nothing is written above the line, and nothing below it can fail.
local head = call('GET', K[2]) or ''
if head ~= A[3] then return {'head', head} end
if A[5] ~= '' and call('HGET', K[9], 'stamp') ~= A[5] then return {'version', head} end
local n = num(A[6])
local ids = {}
for i = 1, n do ids[i] = A[6 + i] end
local payloads, bytes = {}, 0
if n > 0 then
  -- Without this check a worker that was stopped between its own look and its gather reads the new head and is let in.
  local pending = call('XPENDING', K[1], A[1], '-', '+', n)
  for i = 1, n do
    local p = pending[i]
    if not p or p[1] ~= ids[i] or p[2] ~= A[2] then return {'turn', head} end
  end
  for _, entry in ipairs(call('XRANGE', K[1], ids[1], ids[n])) do
    payloads[entry[1]] = entry[2][2]
    bytes = bytes + #entry[2][2]
  end
end
local at = 7 + n
local m = num(A[at])
for i = 1, m do
  local held, ending = call('HGET', K[num(A[at + 3 * i - 2])], A[at + 3 * i - 1]), A[at + 3 * i]
  if held and (ending == '' or string.sub(held, -#ending) == ending) then return {'decided', head} end
end
at = at + 1 + 3 * m
local events = at
at = at + 1 + num(A[at])
local dead = at
local tries = {}
for i = 1, num(A[dead]) do
  local id = A[dead + 2 * i - 1]
  local alone = string.match(call('HGET', K[7], id) or '', '^%d+') or '0'
  local raised = call('HGET', K[7], id .. '!') or '0'
  tries[i] = num(alone) > num(raised) and alone or raised
end
at = at + 1 + 2 * num(A[dead])
-- What was accepted six days ago is decided now, and must still be found by what was accepted a minute after it.
local lag = 0
if n > 0 then
  local now = call('TIME')
  lag = math.max(0, num(now[1]) * 1000 + math.floor(num(now[2]) / 1000) - num(string.match(ids[n], '^%d+')))
  if lag < 60000 then lag = 0 end -- no backlog
end
------------------------------------------------------------------------------------------------------------------------
-- The first write grows: a full server refuses it, and with it everything, or nothing at all.
call('SET', K[2], A[4])
local x = num(A[at])
for i = 1, x do call('UNLINK', K[num(A[at + i])]) end
at = at + 1 + x
local w = num(A[at])
at = at + 1
for _ = 1, w do
  local key, expiry, c = K[num(A[at])], A[at + 1], num(A[at + 2])
  local added = call('HSET', key, unpack(A, at + 3, at + 2 + c))
  -- Of 1,500 hashes in a commit hardly one is new: to set them all anew took 8 % of its time and an eighth of the file.
  if expiry ~= '' and (lag > 0 or string.byte(expiry) == 43 or (added == c / 2 and call('HLEN', key) == added)) then
    call('PEXPIREAT', key, string.format('%.0f', num(expiry) + lag))
  end
  at = at + 3 + c
end
for i = 1, num(A[events]) do call('XADD', K[3], '*', 'e', A[events + i]) end
for i = 1, num(A[dead]) do
  local id = A[dead + 2 * i - 1]
  call('XADD', K[8], '*', 'i', id, 'e', payloads[id] or '', 'why', A[dead + 2 * i], 'n', tries[i])
end
for i = 1, num(A[at]) do call('HINCRBY', K[4], A[at + 2 * i - 1], A[at + 2 * i]) end
if n > 0 then
  -- Not -bytes: where that is nothing, Lua writes it as "-0", which is no integer to the server.
  call('HINCRBY', K[4], 'bytes', 0 - bytes)
  -- Only together: XACK alone leaves the entry and its bytes for ever, XDEL alone leaves it pending.
  call('XACK', K[1], A[1], unpack(ids))
  call('XDEL', K[1], unpack(ids))
  if call('EXISTS', K[6]) == 1 then call('HDEL', K[6], unpack(ids)) end
  if call('EXISTS', K[7]) == 1 then
    call('HDEL', K[7], unpack(ids))
    for i = 1, n do call('HDEL', K[7], ids[i] .. '!') end
  end
end
local following = call('XPENDING', K[1], A[1], '-', '+', 1)
call('XADD', K[5], 'MAXLEN', '=', 1, '*', 'o', following[1] and following[1][2] or '')
return {'ok', A[4]}
