-- What stories became part of, one step on.
--
-- KEYS  n of merged:<shard>  hash  id of a story that became part of another -> its id; kept for ever
-- ARGV  n fields             one in each of the hashes
-- Returns the ids in their order, '' where the story lives by itself
local found = {}
for at = 1, #KEYS do found[at] = redis.call('HGET', KEYS[at], ARGV[at]) or '' end
return found
