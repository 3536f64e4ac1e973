# The single door. `make help` lists what there is. Needs only Python 3.11 or newer, make, git and a package index.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= var
# two processes; a file's tests stay together, in the order of their folders: what takes long comes first
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help setup demo test dev lint types drift docs sample lock browser bench-linkage bench-disclosure bench-intake clean

help:  ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

# pip would compile on one core, and the packages' own tests as well
$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another with: make PYTHON=python3.12 demo")'
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) $(VENV) && \
		uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock --python $(BIN)/python && \
		uv pip install --quiet --no-deps --editable . --python $(BIN)/python; \
	else \
		$(PYTHON) -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --require-hashes --requirement requirements.lock && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable . && \
		{ $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' $(VENV)/lib || :; }; \
	fi
	@touch $@

setup: $(VENV)/.ready  ## Make .venv from the lock

demo: setup  ## The sample partnership, from landing to dashboard; prints where the dashboard is
	@$(BIN)/tessera demo --data-dir $(DATA)

test: setup browser  ## Every test
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

browser:  ## Install Debian's chromium for the browser tests, where that may be done
	@if command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; then :; \
	elif command -v apt-get >/dev/null 2>&1 && { [ "$$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then \
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		{ $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends chromium fonts-liberation; } >/dev/null 2>&1 \
			|| echo "chromium could not be installed: browser tests will be skipped"; \
	else echo "No chromium here and no right to install it: browser tests will be skipped. Install the packages chromium and fonts-liberation to run them."; fi

dev: setup  ## Dagster's page on the demo's installation, sensor and schedule on
	@$(BIN)/tessera dev --data-dir $(DATA)

lint: setup  ## Style and import contracts
	@$(BIN)/ruff check . && $(BIN)/lint-imports --no-cache

types: setup  ## Type checks
	@$(BIN)/mypy

docs: setup  ## Write the generated documents
	@$(BIN)/python -m schemas.dictionary docs/data-dictionary.md

drift: setup  ## Generated files say what the code says
	@$(BIN)/python -m schemas.dictionary --check docs/data-dictionary.md

sample: setup  ## Make the sample partnership anew
	@$(BIN)/python -m data.synthesise --out data/sample

lock:  ## Resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra test --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --output-file requirements.lock

bench-linkage: setup  ## Linkage quality and speed
	@$(BIN)/python -m benchmarks.linkage

bench-disclosure: setup  ## Protection and attack
	@$(BIN)/python -m benchmarks.disclosure

bench-intake: setup  ## Cost of intake, against plain reading
	@$(BIN)/python -m benchmarks.intake

clean:  ## Remove the demo's state (not the keys of any other installation)
	rm -rf $(DATA) $(DATA)-keys
