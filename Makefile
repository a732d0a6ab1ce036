# What one does with Samspill while working on it. `make help` lists the targets.
# Needed: make and Python 3.11 or newer. Everything else comes from the lock files, checked by hash.

PYTHON ?= python3
CHROMIUM ?= /usr/bin/chromium
WORKERS ?= 2

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Compiling on all cores after the installation is quicker than pip's compiling, and makes each start quick.
COMPILE := $(BIN)/python -m compileall -qq -j0 .venv/lib || true
PYTEST := $(BIN)/python -m pytest
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header
# `make lock UPGRADE=--upgrade` takes the newest versions that pyproject.toml allows.
UPGRADE ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: demo
demo: .venv/run.stamp ## Set everything up and open the demo at http://localhost:8080
	@exec $(BIN)/samspill demo

.PHONY: install
install: .venv/run.stamp ## Set up .venv with what Samspill needs to run

# Each worker keeps to one part of the tests, since neighbours share what takes long to set up; whoever
# is done first takes over from the other. Compiled code is kept, for tests start many processes.
.PHONY: test
test: .venv/dev.stamp ## Run the tests (no PostgreSQL server, Node or Chromium needed)
	PYTHONDONTWRITEBYTECODE= $(PYTEST) tests -n $(WORKERS) --dist worksteal --ignore=tests/clients --ignore=tests/bench

.PHONY: test-clients
test-clients: .venv/dev.stamp ## Run the tests in real clients (needs Node and Chromium)
	@set -eu; \
	if ! ls tests/clients/test_*.py >/dev/null 2>&1; then \
		echo "There are no client tests yet: tests/clients holds none."; exit 0; \
	fi; \
	test -x "$(CHROMIUM)" || { \
		echo "No Chromium at $(CHROMIUM). Install it (Debian: apt-get install chromium)"; \
		echo "or say where it is: make test-clients CHROMIUM=/path/to/chromium"; exit 1; } >&2; \
	command -v npm >/dev/null || { \
		echo "npm is missing. Install Node 20 or newer with npm (Debian: apt-get install nodejs npm)."; \
		exit 1; } >&2; \
	$(MAKE) --no-print-directory tests/clients/node_modules/.stamp; \
	CHROMIUM="$(CHROMIUM)" $(PYTEST) tests/clients

tests/clients/node_modules/.stamp: tests/clients/package-lock.json tests/clients/package.json
	cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: check
check: .venv/dev.stamp ## Check format, lint, types, import rules, dead code, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@# Fields of tables and messages look unused to vulture, since libraries read them.
	@echo "$(BIN)/vulture"; found=$$($(BIN)/vulture) || test $$? -eq 3 || exit 1; \
		! printf '%s' "$$found" | grep -E ': (unused (class|function|method|property)|unreachable) '
	$(BIN)/deptry .

.PHONY: format
format: .venv/dev.stamp ## Format the code and mend what the linter can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: wording
wording: .venv/dev.stamp ## Bring new texts into the catalogues, for translation
	$(BIN)/pybabel --quiet extract -F pyproject.toml -k t -k tn:1,2 -k n_ --no-location \
		--sort-output --omit-header --no-wrap -o .venv/wording.pot bot dialogs
	@set -eu; for each in nb nn; do \
		$(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap \
			-i .venv/wording.pot -l $$each -o dialogs/locales/$$each.po; \
		printf '%s\n' 'msgid ""' 'msgstr ""' "\"Language: $$each\\n\"" \
			'"Content-Type: text/plain; charset=utf-8\n"' \
			'"Plural-Forms: nplurals=2; plural=(n != 1);\n"' '' \
			| cat - dialogs/locales/$$each.po > .venv/wording.po; \
		cat .venv/wording.po > dialogs/locales/$$each.po; \
		awk '/^msgstr.*""$$/ { n += empty; empty = 1; next } { n += empty && !/^"/; empty = 0 } \
			END { print FILENAME ": " n + empty " to translate" }' dialogs/locales/$$each.po; \
	done

.PHONY: migration
migration: .venv/dev.stamp ## Write a migration for changed tables: make migration WHAT="What changes"
	$(BIN)/python -m storage.migrations $(if $(FIRST),--first,) "$(WHAT)"

.PHONY: bench
bench: .venv/dev.stamp ## Measure the budgets, each against its floor
	$(BIN)/python -m tests.bench

.PHONY: soak
soak: .venv/dev.stamp ## Run the long tests, by hand: all zones, kills at every step, long fuzz
	@$(PYTEST) tests -m soak -n $(WORKERS) --ignore=tests/clients --ignore=tests/bench || { \
		code=$$?; test $$code -ne 5 || echo "There are no soak tests yet."; \
		test $$code -eq 5; }

.PHONY: lock
lock: .venv/dev.stamp ## Renew the lock files from pyproject.toml
	$(BIN)/python -c 'import tomllib; \
	print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' \
		> .venv/build-requires.txt
	$(LOCK) $(UPGRADE) pyproject.toml .venv/build-requires.txt -o requirements.lock
	$(LOCK) $(UPGRADE) pyproject.toml .venv/build-requires.txt --extra dev -c requirements.lock \
		-o requirements-dev.lock

.PHONY: clean
clean: ## Remove what setting up and testing left behind (never a database)
	rm -rf .venv .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache \
		tests/clients/node_modules build dist
	find bot dialogs storage tests -name __pycache__ -type d -prune -exec rm -rf {} +

# One virtual environment with two states: the run lock, and the dev lock, which holds all of the
# run lock at the same versions. Whoever has the second needs nothing more for the first.

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Samspill needs Python 3.11 or newer, and $(PYTHON) is: $$($(PYTHON) --version 2>&1)."; \
		echo "Say where a newer one is, for example: make demo PYTHON=python3.12"; exit 1; } >&2
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv || { \
		echo "Could not make .venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; } >&2
	@touch $@

.venv/run.stamp: requirements.lock pyproject.toml .venv/python.stamp
	@echo "Setting up (some seconds, once) ..."
	@$(PIP) install --require-hashes --no-compile -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --no-compile --editable .
	@$(COMPILE)
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	@echo "Setting up for development (some seconds, once) ..."
	@$(PIP) install --require-hashes --no-compile -r requirements-dev.lock
	@$(COMPILE)
	@touch $@
