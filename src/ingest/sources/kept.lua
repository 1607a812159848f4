-- Requests are still under way: their places are not free yet. One that is free already is not taken again.
--
-- KEYS  of each: host:<name>  hash  see places.lua
-- ARGV  of each: token, until when it is kept now, ms
-- Returns how many had a place still
local call, K, A = redis.call, KEYS, ARGV
local kept = 0
for i, key in ipairs(K) do
  if call('HEXISTS', key, A[2 * i - 1]) == 1 then
    call('HSET', key, A[2 * i - 1], A[2 * i])
    kept = kept + 1
  end
end
return kept
