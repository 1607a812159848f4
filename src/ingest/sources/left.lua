-- Requests are over: their places are free. Where a host asked everybody to wait, no request begins before, whatever a
-- shorter wait says that came with another answer.
--
-- KEYS  of each: host:<name>  hash  see places.lua
-- ARGV  1 now, ms   then of each: token, pause in ms, 0 for none
-- Returns how many had a place still
local call, K, A, num = redis.call, KEYS, ARGV, tonumber
local now, freed = num(A[1]), 0
for i, key in ipairs(K) do
  local pause = num(A[2 * i + 1])
  freed = freed + call('HDEL', key, A[2 * i])
  if pause > 0 and num(call('HGET', key, 'pause') or '0') < now + pause then
    local next = math.max(num(call('HGET', key, 'next') or '0'), now + pause)
    call('HSET', key, 'pause', now + pause, 'next', next)
    call('PEXPIRE', key, next - now + 60000)
  end
end
return freed
