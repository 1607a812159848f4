#!/usr/bin/env bash
# Drops the seeds into ./inbox of a running compose project and waits for their five events.
#   COMPOSE_PROJECT_NAME=... tests/docker_check.sh       (from the project's folder, after `docker compose up -d`)
# Ends with 0 if there is one story, told by five events of the expected kinds, and the workers survive being scaled.
set -euo pipefail
cd "$(dirname "$0")/.."

if docker compose version >/dev/null 2>&1; then COMPOSE=(docker compose); else COMPOSE=(docker-compose); fi
EXPECTED='opened new|updated coverage|updated revision|repeated copy|updated coverage|'
DEADLINE=$((SECONDS + 120))

events() { "${COMPOSE[@]}" exec -T process ingest events --json; }

# One line of "<type> <relation>" an event, in order, and how many stories they are about.
summary() {
    python3 -c '
import json, sys
events = [json.loads(line) for line in sys.stdin if line.strip().startswith("{")]
kinds = "".join(e["type"].split(".")[-1] + " " + e["data"]["relation"]["kind"] + "|" for e in events)
print(len({e["subject"] for e in events}), len({e["id"] for e in events}), kinds)'
}

mkdir -p inbox
# One at a time, each waited for: files dropped together may be read in any order.
count=0
for seed in tests/fixtures/seeds/*.txt; do
    cp "$seed" "inbox/.${seed##*/}"
    mv "inbox/.${seed##*/}" "inbox/${seed##*/}"
    count=$((count + 1))
    # The deadline is looked at between answers of the command itself, which take about a second each.
    until [ "$(events | summary | cut -d' ' -f2)" = "$count" ]; do
        if [ $SECONDS -gt $DEADLINE ]; then
            echo "event $count did not come"
            events
            exit 1
        fi
    done
done

told=$(events | summary)
echo "stories, events, kinds: $told"
[ "$told" = "1 5 $EXPECTED" ] || { events; echo "expected: 1 5 $EXPECTED"; exit 1; }

# More workers and a restart change nothing that was told.
"${COMPOSE[@]}" up -d --no-build --scale process=3 process
"${COMPOSE[@]}" restart watch
again=$("${COMPOSE[@]}" exec -T --index=2 process ingest events --json | summary)
[ "$again" = "$told" ] || { echo "after a restart: $again"; exit 1; }
rm -f inbox/00[0-4]_*.txt
echo "docker check: five events, one story, three workers"
