-- Accept articles: all of an offer, with the progress of its source, or nothing.
--
-- KEYS  1 in        stream  inbox; field e: the payload         2 n   hash  counters
--       then, for each update of a source's own progress:
--         progress:<source>  hash    name -> what the source keeps of it
--         due:<source>       zset    name -> when it is due, ms
-- ARGV  1 refused  2 most entries  3 most bytes  4 share of maxmemory, in per mille
--       5 bytes that an article will take when it is decided, besides 6 per mille of its payload
--       for each update:
--         b, then b fields believed         name, '=' and the value or '' for absent
--         f, then f fields to set           name, '=' and the value or '' to remove
--         d, then d names                   name, when it is due or '' for not at all
--       p, then p payloads
-- Returns {'ok', id...} | {'stale', name} | {'full', entries, bytes} | {'memory', used, most, entries, growth};
-- only ok wrote anything
if redis.replicate_commands then redis.replicate_commands() end -- 6.2: XADD * and INFO count as random commands
local call, K, A, num = redis.call, KEYS, ARGV, tonumber

local at = 6 -- the last argument read
local function pairs_of() -- the place before the first of them, and how many
  local first, many = at + 1, num(A[at + 1])
  at = first + 2 * many
  return first, many
end
local updates = {}
for k = 3, #K, 2 do
  local first, many = pairs_of()
  for i = 1, many do
    local name, believed = A[first + 2 * i - 1], A[first + 2 * i]
    local stored = call('HGET', K[k], name)
    if (stored and '=' .. stored or '') ~= believed then return {'stale', name} end
  end
  local sets, set = pairs_of()
  local dues, due = pairs_of()
  updates[#updates + 1] = {K[k], sets, set, K[k + 1], dues, due}
end
at = at + 1
local p, size, entries = num(A[at]), 0, call('XLEN', K[1])
for i = 1, p do size = size + #A[at + i] end
if p > 0 then
  local bytes = num(call('HGET', K[2], 'bytes') or '0')
  -- One offer may be larger than the limit: it passes when the inbox is empty, or it would wait for ever.
  if entries > 0 and (entries + p > num(A[2]) or bytes + size > num(A[3])) then return {'full', entries, bytes} end
  local info = call('INFO', 'memory')
  local used, most = num(string.match(info, 'used_memory:(%d+)')), num(string.match(info, 'maxmemory:(%d+)'))
  -- What is accepted must fit when it is decided, or the workers would come to a full server and never leave it.
  local growth = 0
  if entries > 0 then growth = (entries + p) * num(A[5]) + math.floor((bytes + size) * num(A[6]) / 1000) end
  if most > 0 and (used + growth) * 1000 >= most * num(A[4]) then return {'memory', used, most, entries, growth} end
end
------------------------------------------------------------------------------------------------------------------------
-- The first write grows in either case, so that a full server refuses all of it: a counter, which every offer moves.
call('HINCRBY', K[2], 'offered', num(A[1]) + p)
if A[1] ~= '0' then call('HINCRBY', K[2], 'refused', A[1]) end
for _, u in ipairs(updates) do
  for i = 1, u[3] do
    local name, value = A[u[2] + 2 * i - 1], A[u[2] + 2 * i]
    if value == '' then call('HDEL', u[1], name) else call('HSET', u[1], name, string.sub(value, 2)) end
  end
  for i = 1, u[6] do
    local name, when = A[u[5] + 2 * i - 1], A[u[5] + 2 * i]
    if when == '' then call('ZREM', u[4], name) else call('ZADD', u[4], when, name) end
  end
end
local answer = {'ok'}
for i = 1, p do answer[i + 1] = call('XADD', K[1], '*', 'e', A[at + i]) end
if p > 0 then
  call('HINCRBY', K[2], 'accepted', p)
  -- Begun anew when the inbox is empty: an entry that somebody deleted by hand took its size along, and left it counted.
  if entries == 0 then call('HSET', K[2], 'bytes', size) else call('HINCRBY', K[2], 'bytes', size) end
end
return answer
