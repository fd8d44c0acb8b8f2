# `make help` lists the targets. PYTHON names the interpreter to build the environment with.
PYTHON ?= python3
# Tests wait for processes half of their time: four workers keep two cores busy.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 2 )))
BIN := .venv/bin
READY := .venv/.ready
CODE = $(wildcard src tests benchmarks examples)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo up drills test check bench bench-full lock reference format clean FORCE

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# An interpreter that was asked for by name, and isn't the environment's, makes a new environment.
ifneq ($(origin PYTHON),file)
version = $(shell command -v $(1) >/dev/null && $(1) -c 'import sys; print(sys.version)')
ifneq ($(call version,$(BIN)/python),$(call version,$(PYTHON)))
$(READY): FORCE
endif
endif

$(READY): requirements.lock pyproject.toml scripts/environment
	@scripts/environment $(PYTHON) || { echo "make: the environment could not be set up; the reason stands above." >&2; exit 1; }
	@touch $@

setup: $(READY) ## Set up everything that tests need: .venv, a browser, PgBouncer, clients of others
	@scripts/browser >/dev/null || { echo "make: there is no browser for the tests; the reason stands above." >&2; exit 1; }
	@scripts/pgbouncer >/dev/null || echo "make: PgBouncer is missing, and the tests that put it before a database will fail; the reason stands above." >&2
	@scripts/mcp-clients >/dev/null || echo "make: a client that tests call the service with is missing, and those tests will fail; the reason stands above." >&2

demo: $(READY) ## Run the main job end to end on the local TikTok
	@$(BIN)/stagedoor demo || { echo "make: the demo failed; what it said stands above." >&2; exit 1; }

up: $(READY) ## Run a local TikTok and the service until Ctrl-C
	@$(BIN)/stagedoor up

drills: setup ## Kill and break the service at every point, in full (takes long)
	@$(BIN)/pytest -m drill -n $(WORKERS) --timeout 3600 --session-timeout 86400

test: setup ## Run every test; COVERAGE=1 measures branch coverage too
	@$(if $(filter 1,$(COVERAGE)),scripts/coverage,$(BIN)/pytest) -n $(WORKERS) --dist worksteal --session-timeout 1500

check: $(READY) ## Check format, lint, types, import rules and the tree
	@scripts/check $(CODE)

bench: $(READY) ## Run the benchmarks (under 10 minutes)
	@scripts/bench-tools || { echo "make: the benchmarks lack a tool; the reason stands above." >&2; exit 1; }
	@$(BIN)/python -m benchmarks

bench-full: $(READY) ## Run the benchmarks at full length
	@scripts/bench-tools || { echo "make: the benchmarks lack a tool; the reason stands above." >&2; exit 1; }
	@$(BIN)/python -m benchmarks --full

lock: ## Pin every dependency anew in requirements.lock (needs uv)
	@scripts/lock

reference: $(READY) ## Write the parts of docs that come from the declarations
	@$(BIN)/python scripts/reference

format: $(READY) ## Format the code and fix what ruff can fix
	@$(BIN)/ruff check --fix --exit-zero --quiet $(CODE)
	@$(BIN)/ruff format $(CODE)

clean: ## Remove the environment and everything that was built
	@rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

FORCE:
