# Two commands do everything: `make paint PROMPT="..."` and `make test`. Both set up what they need, once.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PROMPT ?= a fox reading a newspaper in the rain
OUT ?=

.PHONY: paint test tests lint types contract check clean

# The plain package paints; the stamps make each set-up run once, and again when the dependencies change.
$(VENV)/.paints: pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "sfumato needs Python 3.11 or newer; set PYTHON=/path/to/python"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "sfumato needs Python 3.11 or newer; set PYTHON=/path/to/python"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tests: $(VENV)/.paints
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all,test,parity]'
	@touch $@

paint: $(VENV)/.paints
	@$(BIN)/sfumato paint "$(PROMPT)" $(if $(OUT),--out "$(OUT)")

test: $(VENV)/.tests
	$(BIN)/python -m pytest

lint: $(VENV)/.tests
	$(BIN)/ruff check .

types: $(VENV)/.tests
	$(BIN)/mypy

contract: $(VENV)/.tests
	$(BIN)/lint-imports

check: lint types contract test

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
