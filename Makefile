# Two commands do all the set-up on a fresh machine with Python 3.11+, pip and make:
#   make demo        the main job on the bundled sample economy, embedded store
#   make test        style, types and all tests
# With Java 17 or 21 and Maven beside them, `make test` also runs the tests on a Neo4j server, which
# are skipped otherwise, and there are
#   make demo-neo4j  the same job on a Neo4j server, started for it
#   make neo4j       start that server (make neo4j-stop ends it)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := analytics capabilities cli core graph ingest queries reports runs sample
OUT ?= out
# Each worker starts a Neo4j server of its own; a server of yours is emptied by one at a time.
WORKERS ?= $(if $(SPILLGRAPH_TEST_NEO4J),0,2)

SERVER := server/neo4j_server.py

.PHONY: demo demo-neo4j neo4j neo4j-stop jars test check style typed unit search bench bench-psi bench-neo4j types clean

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "spillgraph needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Modules are compiled when they are first imported: most of what is installed never is.
INSTALL := $(BIN)/python -m pip install --no-compile --quiet --disable-pip-version-check -c constraints.txt

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	$(INSTALL) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml constraints.txt
	$(INSTALL) -e '.[dev]'
	@touch $(VENV)/.installed $@

demo: $(VENV)/.installed
	@rm -rf $(OUT)/demo
	$(BIN)/spillgraph sample --firms 2000 --citations 200000 --seed 1 --out $(OUT)/demo/study
	$(BIN)/spillgraph run $(OUT)/demo/study/study.toml --out $(OUT)/demo/results
	@echo
	@echo "Which firms of the electronics industry are cited most?"
	@$(BIN)/spillgraph query top_cited_firms --param industry=C39 --param limit=5 --store $(OUT)/demo/results
	@echo "The planted answers: $(OUT)/demo/study/planted.json"
	@echo "Open in a browser:   $(OUT)/demo/results/report.html"

# The store's address and credentials, in the environment of one recipe line and nowhere else.
NEO4J_ENV = set -e; settings=$$($(BIN)/python $(SERVER) env); eval "$$settings"

demo-neo4j: neo4j
	@rm -rf $(OUT)/demo-neo4j
	$(BIN)/spillgraph sample --firms 2000 --citations 200000 --seed 1 --out $(OUT)/demo-neo4j/study
	$(NEO4J_ENV); $(BIN)/spillgraph run $(OUT)/demo-neo4j/study/study.toml \
	  --out $(OUT)/demo-neo4j/results --store "$$NEO4J_URI"
	@echo
	@echo "Which firms of the electronics industry are cited most?"
	@$(NEO4J_ENV); $(BIN)/spillgraph query top_cited_firms --param industry=C39 --param limit=5 \
	  --store "$$NEO4J_URI"
	@echo "The planted answers: $(OUT)/demo-neo4j/study/planted.json"
	@echo "Open in a browser:   $(OUT)/demo-neo4j/results/report.html"
	@echo "Ask the graph more:  eval \"\$$($(BIN)/python $(SERVER) env)\""
	@echo "                     $(BIN)/spillgraph cypher \"MATCH (f:Firm) RETURN count(*) AS firms\" --store \$$NEO4J_URI"
	@echo "Stop the server:     make neo4j-stop (its graph stays in .neo4j/home)"

# The first start fetches the server's jars into .neo4j/, 116 MB.
neo4j: $(VENV)/.installed
	@$(BIN)/python $(SERVER) start

neo4j-stop:
	@$(PYTHON) $(SERVER) stop

# Style first, which takes a second; types, which take a minute of one processor, beside the tests.
# What can be fetched side by side is.
test: $(VENV)/.made
	@$(MAKE) --no-print-directory -j 2 style jars
	@$(MAKE) --no-print-directory -j 2 typed unit

check: style typed

# Without Java or Maven the tests say what is missing.
jars:
	@$(PYTHON) $(SERVER) fetch || true

style: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typed: $(VENV)/.installed-dev types
	$(BIN)/mypy -p spillgraph

# Workers are as many as processors: a second thread of each worker's BLAS would only wait, and waits
# at full speed. Where Python is told to keep no compiled files (PYTHONDONTWRITEBYTECODE), each of the
# hundred processes that tests start would compile the package anew.
unit: $(VENV)/.installed-dev
	PYTHONDONTWRITEBYTECODE= OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# Mutants of tables and study files, from a fresh seed; those that fail are kept in $(OUT)/search.
N ?= 10000
SEED ?= $(shell date +%s)
search: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fuzz.search --number $(N) --seed $(SEED) --keep $(OUT)/search

# Type checkers do not see the mapping of folders to packages: they follow these links.
types:
	@mkdir -p .types/spillgraph
	@$(foreach room,$(ROOMS),ln -sfn ../../$(room) .types/spillgraph/$(room);)
	@ln -sf $(addprefix ../../,$(wildcard api/*.py api/py.typed)) .types/spillgraph/

bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/load_aggregate_export.py
	$(BIN)/python benchmarks/check_step.py

bench-psi: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/psi_sums.py
	$(BIN)/python benchmarks/psi_draws.py

# Needs Java, as make neo4j does; half an hour.
bench-neo4j: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/neo4j_load_aggregate.py
	$(BIN)/python benchmarks/bulk_import.py

# The server's jars in .neo4j/ stay: they never change, and are 116 MB to fetch.
clean:
	@test ! -d .neo4j/home || $(PYTHON) $(SERVER) stop
	rm -rf .neo4j/home $(VENV) .types .mypy_cache .ruff_cache .pytest_cache $(OUT)
