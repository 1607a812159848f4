-- Which bells are not there yet? Reads alone: most rings of a busy source find that there is one for everybody.
--
-- KEYS  1 rq:workers:<queue>  set  keys of RQ's workers, some of them gone
-- ARGV  1 what the keys of a partition's bells begin with: rq:job:drain-<partition>-   2 most bells
-- Returns {seconds of this server, workers that live, slot, slot, ...}: the slots without a bell of these two seconds
local call, K, A = redis.call, KEYS, ARGV
local seconds = tonumber(call('TIME')[1])
local listening = 0
for _, worker in ipairs(call('SMEMBERS', K[1])) do listening = listening + call('EXISTS', worker) end
local out = {seconds, listening}
for slot = 0, math.min(math.max(1, listening), tonumber(A[2])) - 1 do
  local bell = A[1] .. slot .. '-' .. string.format('%d', math.floor(seconds / 2))
  if call('EXISTS', bell) == 0 then out[#out + 1] = slot end
end
return out
