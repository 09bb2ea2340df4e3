# Two commands do all the set-up on a fresh machine with Python 3.11+, pip and make:
#   make demo    the main job on the bundled sample economy, embedded store
#   make test    style, types and all tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := analytics cli core graph ingest queries reports
OUT ?= out

.PHONY: demo test check unit bench types clean

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "spillgraph needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(VENV)/.installed
	@rm -rf $(OUT)/demo
	$(BIN)/spillgraph sample --firms 2000 --citations 200000 --seed 1 --out $(OUT)/demo/study
	$(BIN)/spillgraph run $(OUT)/demo/study/study.toml --out $(OUT)/demo/results
	@echo
	@echo "Which firms of the electronics industry are cited most?"
	@$(BIN)/spillgraph query top_cited_firms --param industry=C39 --param limit=5 --store $(OUT)/demo/results
	@echo "The planted answers: $(OUT)/demo/study/planted.json"
	@echo "Open in a browser:   $(OUT)/demo/results/report.html"

test: check unit

check: $(VENV)/.installed-dev types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(foreach room,$(ROOMS),-p spillgraph.$(room))

unit: $(VENV)/.installed-dev
	$(BIN)/pytest -q $(PYTEST_ARGS)

# Type checkers do not see the mapping of folders to packages: they follow these links.
types:
	@mkdir -p .types/spillgraph
	@$(foreach room,$(ROOMS),ln -sfn ../../$(room) .types/spillgraph/$(room);)

bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/load_aggregate_export.py

clean:
	rm -rf $(VENV) .types .mypy_cache .ruff_cache .pytest_cache $(OUT)
