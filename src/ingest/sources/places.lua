-- May these requests begin, each to its host, and when: a host's requests are spaced, and few at a time, whoever makes
-- them.
--
-- KEYS  of each: host:<name>  hash  next: when the next may begin, ms; pause: until when the host wants no request at
--       all, ms; then token -> until when the place is kept, ms; a host may be named more than once
-- ARGV  1 now, ms  2 most at a time  3 longest wait, ms  4 longest request, ms  5 lease of a place, ms
--       then of each: token, spacing in ms
-- Returns of each: 1, wait: the token has a place, and begins after `wait` ms; 0, wait: ask again after `wait` ms;
--       -1, wait: the same, as the host asked for a pause
local call, K, A, num = redis.call, KEYS, ARGV, tonumber
local now, most, patience, longest, lease = num(A[1]), num(A[2]), num(A[3]), num(A[4]), num(A[5])

local function place(key, token, spacing)
  local stored, begins, pause, many, first = call('HGETALL', key), now, now, 0, nil
  for i = 1, #stored, 2 do
    local name, value = stored[i], num(stored[i + 1])
    if name == 'next' then
      begins = math.max(begins, value)
    elseif value <= now then
      call('HDEL', key, name) -- its fetcher died, or forgot; or a pause that is over
    elseif name == 'pause' then
      pause = value
    else
      many = many + 1
      first = math.min(first or value, value)
    end
  end
  if pause > now then return -1, pause - now end -- not even ahead: those first in line stand at its end
  local wait = begins - now
  if many >= most then return 0, math.max(wait, math.min(first - now, spacing)) end
  if wait > patience then return 0, wait end
  call('HSET', key, 'next', begins + spacing, token, math.min(begins + longest, now + lease))
  call('PEXPIRE', key, wait + longest + spacing + 60000)
  return 1, wait
end

local answer = {}
for i, key in ipairs(K) do
  local granted, wait = place(key, A[4 + 2 * i], num(A[5 + 2 * i]))
  answer[2 * i - 1], answer[2 * i] = granted, wait
end
return answer
