# make ask      set everything up and answer a question (Q="..." for your own)
# make test     set everything up and pass the tests, those with the real models included
# make quick    the tests that need no weights, in seconds
# make check    lint and types
# make serve    the page
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
Q      ?= 我是返乡农民工，想在吕梁开店，能贷多少钱？找谁办？

.PHONY: ask test quick check serve build models eval clean
.DEFAULT_GOAL := ask

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

models: $(VENV)/.installed
	$(BIN)/tiaowen models fetch

build: models
	$(BIN)/tiaowen build --if-needed

ask: build
	$(BIN)/tiaowen ask "$$Q"

serve: build
	$(BIN)/tiaowen serve

test: models
	$(BIN)/pytest

quick: $(VENV)/.installed
	$(BIN)/pytest -m "not models and not browser"

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) index/built .pytest_cache .mypy_cache .ruff_cache

export Q
