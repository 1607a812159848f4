#!/usr/bin/env bash
# Drops the seeds into ./inbox of a running compose project and waits for their five events; then subscribes to a feed,
# which a web server inside the fetcher's container serves, and waits for its article.
#   COMPOSE_PROJECT_NAME=... tests/docker_check.sh       (from the project's folder, after `docker compose up -d`)
# Ends with 0 if there is one story, told by five events of the expected kinds, the workers survive being scaled, and the
# feed's article is a story of its own.
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

# The fetcher: its own loopback is no public address, so it is recreated with that one allowed.
INGEST_FETCH__ALLOW_PRIVATE='["127.0.0.1:8099"]' "${COMPOSE[@]}" up -d --no-build --no-deps fetch
fetcher() { "${COMPOSE[@]}" exec -T fetch "$@"; }
fetcher sh -c 'mkdir -p /tmp/site && cat >/tmp/site/feed.xml' <<'FEED'
<rss version="2.0"><channel><title>Harbour News</title><item><guid>1</guid>
<title>Lighthouse of Port Amber opens its stairs to visitors</title>
<description>The lighthouse of Port Amber may be climbed from Sunday on, all of its 214 steps.</description>
</item></channel></rss>
FEED
"${COMPOSE[@]}" exec -T -d fetch python -m http.server 8099 --bind 127.0.0.1 --directory /tmp/site
fetcher ingest feeds add http://127.0.0.1:8099/feed.xml --folder Check
until [ "$(events | summary | cut -d' ' -f1,2)" = "2 6" ]; do
    if [ $SECONDS -gt $((DEADLINE + 60)) ]; then
        echo "the feed's article did not come"
        fetcher ingest feeds list
        "${COMPOSE[@]}" logs fetch
        exit 1
    fi
done
fetcher ingest feeds list --json | grep -q '"state":"ok"'
fetcher ingest feeds remove http://127.0.0.1:8099/feed.xml
echo "docker check: five events, one story, three workers; one feed, one more story"
