# Needs python3 (3.11 or newer) and make; everything else goes into .venv.

PYTHON ?= python3
PORT ?= 8787
BIN := .venv/bin
BASE := .venv/.installed
DEV := .venv/.installed-dev
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help run demo test ml check lint cover fix bench bench-check clean

help:
	@echo "make run     set up .venv and start the gateway on http://127.0.0.1:8787"
	@echo "make demo    set up .venv and show what is saved on a bundled conversation"
	@echo "make test    set up .venv and run the tests"
	@echo "make ml      the tests of learned models, in an environment of their own"
	@echo "make check   all that must be green before a change is handed in"
	@echo "make lint    format, lint, types and import contracts only"
	@echo "make cover   the tests with the gates on coverage"
	@echo "make fix     format, and mend what the linter can mend"
	@echo "make bench   measure savings, evidence, bills, speed and growth"
	@echo "make bench-check   compare savings, evidence and bills with the committed baseline"
	@echo "make clean   remove .venv and every cache"

run: $(BASE)
	@$(BIN)/headroom proxy --port $(PORT)

demo: $(BASE)
	@$(BIN)/headroom demo

test: $(DEV)
	@$(BIN)/python -m pytest -q -n 2

check: lint cover

# PyTorch is large, so the learned models have an environment and a gate on coverage of their own.
ML := .venv-ml/bin/python

ml:
	@test -x $(ML) || $(PYTHON) -m venv .venv-ml
	@$(ML) -m pip install --quiet --disable-pip-version-check --editable '.[dev,embeddings]' onnxscript 'torch==2.13.0'
	@COVERAGE_FILE=.coverage.ml $(ML) -m pytest -q -n 2 tests/ml tests/engine/test_learned.py \
		--cov --cov-config=tests/ml/coverage.ini --cov-fail-under=100

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	PATH="$(abspath $(BIN)):$$PATH" pyright --ignoreexternal --verifytypes headroom_core
	$(BIN)/lint-imports --no-logo

cover: $(DEV)
	$(BIN)/python -m pytest -q -n 2 --cov --cov-report=
	$(BIN)/coverage report --include='headroom_core/*' --fail-under=100
	$(BIN)/coverage report --fail-under=95

fix: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(DEV)
	@$(BIN)/python -m benchmarks savings bill workloads replay linear memory speed start originals

bench-check: $(DEV)
	@$(BIN)/python -m benchmarks --check

clean:
	rm -rf .venv .venv-ml .coverage* .hypothesis .import_linter_cache .mypy_cache .nox .pytest_cache .ruff_cache

# A stamp is newer than pyproject.toml when the installation fits it, so a second run starts at once.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Headroom needs Python 3.11 or newer; try make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@echo "Creating .venv"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(BASE): pyproject.toml | $(BIN)/python
	@echo "Installing Headroom into .venv"
	@$(PIP) --editable '.[proxy]'
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing Headroom and what its tests and checks need into .venv"
	@$(PIP) --editable '.[dev]'
	@touch $(BASE) $@
