# Each target does its own set-up: a machine with Python 3.11 and make needs nothing else.

# The first Python on the PATH that is new enough. Version managers leave commands that do not run, so each one is asked.
PYTHON := $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$python" && break; done)
BIN := .venv/bin

define HELP
make up      set up, take in the example exports, build, serve the report; more with ARGS="--port 8001 --data FILE ..."
make test    set up and check everything: lint, types, import contract, tests
make lint    the checks without the tests
make ui      build the pages, when one of their sources changed
make client  write the API client of the pages again, after a change of the API
make fmt     format the code and mend what the linter can mend
make docs    write the generated parts again: docs/tables.md, the Genie files and the output pasted into README.md
make bench   measure, and write docs/benchmarks.md
make reset   delete what was set up and built: .venv, .tools, .payment-analysis
endef
export HELP

.PHONY: help up test lint ui client fmt docs bench reset setup setup-dev python
help:
	@echo "$$HELP"

up: setup ui
	@$(BIN)/payment-analysis up $(ARGS)

test: lint
	$(BIN)/pytest -n 2 --dist loadfile

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/build_ui.py --check
	$(BIN)/python scripts/make_api_client.py --check

ui: setup
	@$(BIN)/python scripts/build_ui.py

client: setup-dev
	$(BIN)/python scripts/make_api_client.py

fmt: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup-dev
	$(BIN)/python scripts/document.py

bench: setup-dev
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.build
	$(BIN)/python -m benchmarks.gold
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.spark
	$(BIN)/python -m benchmarks.streaming
	$(BIN)/python -m benchmarks.faults
	$(BIN)/python -m benchmarks.models
	$(BIN)/python -m benchmarks.off_policy
	$(BIN)/python -m benchmarks.decide
	$(BIN)/python -m benchmarks.closed_loop
	$(BIN)/python -m benchmarks.backtest
	$(BIN)/python -m benchmarks.root_cause
	$(BIN)/python -m benchmarks.similar
	$(BIN)/python -m benchmarks.lighthouse

reset:
	rm -rf .venv .tools .payment-analysis

setup: python
	@$(PYTHON) scripts/bootstrap.py

setup-dev: python
	@$(PYTHON) scripts/bootstrap.py --dev

python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Payment Analysis needs Python 3.11 or newer on the PATH, and finds none." >&2; \
		echo "Debian: apt-get install python3.11    macOS: brew install python@3.11" >&2; \
		exit 1; \
	fi
