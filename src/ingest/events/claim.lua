-- Take over the events that dead consumers of a group have not acknowledged.
--
-- KEYS  1 ev        stream   the events; the group's pending list is in it
--       2 meta      hash     not used here: the scripts of a group are called alike
-- ARGV  1 group
--       2 consumer  who takes over
--       3 beats     prefix of the heartbeat keys (string, px): <prefix><consumer> exists while that consumer lives
--       4 count     events at most of each
-- Gives {own, taken, lost}: pending events of this consumer, how many of them are new to it, and the ids of those whose
-- event was trimmed (Valkey and Redis 7 drop these from the pending list, Redis 6.2 hands them over empty).

if redis.replicate_commands then redis.replicate_commands() end -- Redis 6.2; newer servers always replicate effects

local own, taken, lost = 0, 0, {}
local owners = redis.pcall('XPENDING', KEYS[1], ARGV[1])[4] or {} -- no such group: nothing to take over
for _, owner in ipairs(owners) do
  if owner[1] == ARGV[2] then
    own = own + tonumber(owner[2])
  elseif redis.call('EXISTS', ARGV[3] .. owner[1]) == 0 then
    local ids = {}
    for i, row in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', ARGV[4], owner[1])) do ids[i] = row[1] end
    ids[#ids + 1] = 'JUSTID'
    local got = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, unpack(ids))
    ids[#ids] = nil
    local had = {}
    for _, id in ipairs(got) do had[id] = true end
    for _, id in ipairs(ids) do
      if not had[id] then lost[#lost + 1] = id end
    end
    taken = taken + #got
  end
end
return {own + taken, taken, lost}
