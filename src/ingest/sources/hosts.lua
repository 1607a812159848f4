-- May a request to this host begin, and when: its requests are spaced, and few at a time, whoever makes them.
--
-- KEYS  1 host:<name>  hash  next: when the next may begin, ms; then token -> when its request is over at the latest, ms
-- ARGV  1 now, ms  2 token  3 spacing, ms  4 most at a time  5 longest wait, ms  6 longest request, ms
-- Returns {1, wait}: the token has a place, and begins after `wait` ms; {0, wait}: ask again after `wait` ms
local call, K, A, num = redis.call, KEYS, ARGV, tonumber
local now, longest = num(A[1]), num(A[6])
local stored, begins, many, first = call('HGETALL', K[1]), now, 0, nil
for i = 1, #stored, 2 do
  local name, value = stored[i], num(stored[i + 1])
  if name == 'next' then
    begins = math.max(begins, value)
  elseif value <= now then
    call('HDEL', K[1], name) -- its fetcher died, or forgot
  else
    many = many + 1
    first = math.min(first or value, value)
  end
end
local wait = begins - now
if many >= num(A[4]) then return {0, math.max(wait, math.min(first - now, num(A[3])))} end
if wait > num(A[5]) then return {0, wait} end
call('HSET', K[1], 'next', begins + num(A[3]), A[2], begins + longest)
call('PEXPIRE', K[1], wait + longest + num(A[3]) + 60000)
return {1, wait}
