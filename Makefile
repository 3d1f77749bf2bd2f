# Everything is installed into .venv; make PY=python3.12 chooses another Python.

PY ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench eval clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' Makefile

demo: .venv/.runtime ## install d2m and make music for the sample dance in examples/
	$(BIN)/d2m models fetch
	$(BIN)/d2m render examples/dancer.mp4 --style house -o out
	@echo
	@echo "The music is in out/: listen to dancer.wav, watch dancer.mp4, look at dancer.png, open dancer.mid in a DAW."
	@echo "Try next:"
	@echo "  $(BIN)/d2m render YOUR-DANCE.mp4 -o out     music for your own video"
	@echo "  $(BIN)/d2m render examples/dancer.mp4 -o out/second --seed 2 --bpm 100 --stems"
	@echo "  $(BIN)/d2m render --help                    styles, tempo, stems, OSC"

test: lint ## install everything and run all checks and tests
	$(BIN)/python -m pytest

lint: .venv/.all ## format, style, types and import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports

bench: .venv/.all ## measure engine, render, live session and window on this machine
	$(BIN)/d2m models fetch
	@$(BIN)/python -m training.bench

eval: .venv/.all ## measure the shipped model: make eval DATA=folder (docs/training.md says what is in it)
	@test -n "$(DATA)" || { echo "make eval needs the test dances: make eval DATA=folder; see docs/training.md"; exit 2; }
	@$(BIN)/python -m training.evaluate music --data "$(DATA)"
	@$(BIN)/python -m training.evaluate_tempo --motion "$(DATA)/motion_aist2d" --split test

clean: ## remove .venv, builds and caches; your music, corpora and runs stay
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A half-made environment has a python but no pip, so pip is what counts.
$(BIN)/pip:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "d2m needs Python 3.11 or newer; $(PY) is not. Choose one: make PY=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PY) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PY) cannot make a virtual environment. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PY) -m venv .venv

.venv/.runtime: pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing d2m into .venv; the first time this takes a few minutes."
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

# pip knows dependency groups from 25.1 on; Debian 12 brings 23.
.venv/.all: pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing d2m and its tools into .venv; the first time this takes several minutes."
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[gui,midi,link,discovery]' --group dev --group lab
	@touch .venv/.runtime $@
