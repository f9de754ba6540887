# The front door. `make` alone lists the commands; each sets up what it needs by itself.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo console console-test screenshots test faults fuzz lint types schema bench soak audit lock clean

BIN := .venv/bin
export PYTHON
# Tests start hundreds of processes: what these import is compiled once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv with all that Rollcall needs to run
	@sh scripts/setup.sh runtime

setup-dev: ## Make .venv with all that its tests and checks need
	@sh scripts/setup.sh dev

run: setup ## Build the console and start the server on port 8000 with the organization Demo (ROLLCALL_PORT=…)
	@sh scripts/console.sh build || echo "The web console could not be built; the server starts without it." >&2
	@exec $(BIN)/rollcall run

demo: setup ## Play identity providers against the running server and show what came of it
	@exec $(BIN)/rollcall demo

console: setup ## Build the web console, where its sources changed
	@sh scripts/console.sh build

console-test: setup-dev ## Check the web console: types, style, logic, and all of it in Chromium
	@sh scripts/console.sh test $(ARGS)

screenshots: setup-dev ## Take the pictures of the web console in docs/screenshots anew
	@sh scripts/console.sh pictures

test: setup-dev ## Run all tests; those of Python alone with ARGS="-k groups"
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)
ifeq ($(ARGS),)
	@sh scripts/console.sh test
endif

faults: setup-dev ## Kill servers and databases under load, in the short form of what `make soak` does
	$(BIN)/pytest -n 2 --dist worksteal -m faults $(ARGS)

FUZZED := $(addprefix tests/graphql_schema/test_,fuzz.py fuzz_bodies.py executor.py) \
	$(addprefix tests/domain/,test_lifecycle_machine.py test_as_of_machine.py queries/test_conditions.py) \
	$(addprefix tests/scim_facade/,test_fuzz.py oauth/test_fuzz.py protocol test_redaction.py \
	test_filters_in_sql.py test_filters_against_scim2_models.py)

fuzz: setup-dev ## Try many more requests, conditions and lives of members made at random (EXAMPLES=200)
	ROLLCALL_FUZZ_EXAMPLES=$(or $(EXAMPLES),200) $(BIN)/pytest -n 2 $(FUZZED) $(ARGS)

lint: setup-dev ## Check style, formatting and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo

types: setup-dev ## Check types
	$(BIN)/mypy

schema: setup-dev ## Say what changes in the admin API's schema break clients of the last release
	$(BIN)/python -m tests.graphql_schema.evolution

bench: setup-dev ## Measure the server beside reference loops
	$(BIN)/python bench/run.py $(ARGS)

soak: setup-dev ## Break the server in every way and compare (SECONDS=600 RUNS=1 SEED=… ARGS="kills")
	$(BIN)/python -m tests.soak --seconds $(or $(SECONDS),600) --runs $(or $(RUNS),1) \
		$(if $(SEED),--seed $(SEED)) $(ARGS)

audit: setup-dev ## Compare what is locked with known weaknesses (ARGS=--required: fail without advisories)
	$(BIN)/python -m tests.packages.audit $(ARGS)

COMPILE := UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --no-header
PEER := bench/peers/scim2_server

lock: setup-dev ## Write the lock files anew (ARGS=--upgrade)
	$(COMPILE) $(ARGS) pyproject.toml --extra dev --output-file locks/dev.txt
	$(COMPILE) pyproject.toml --constraint locks/dev.txt --output-file locks/runtime.txt
	$(COMPILE) $(ARGS) locks/setup.in --constraint locks/dev.txt --output-file locks/setup.txt
	$(COMPILE) $(ARGS) locks/node.in --output-file locks/node.txt
	$(COMPILE) $(ARGS) $(PEER)/requirements.in --constraint locks/dev.txt --output-file $(PEER)/requirements.txt

clean: ## Remove what was made here, but never the data folder
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	rm -rf web-client/node_modules web-client/.built api/console_files
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
