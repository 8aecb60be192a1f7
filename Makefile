# The two commands of the README are `make demo` and `make test`; the rest is for those who work here.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
# One process more than cores, at most four: tests wait for disks, servers and browsers about half of their time.
WORKERS := $(shell n=$$(($$(nproc) + 1)); [ $$n -lt 4 ] && echo $$n || echo 4)

.PHONY: help demo test soak check serve bench format docs clean-demo venv venv-dev test-system

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv:
	@sh scripts/setup-venv.sh

venv-dev:
	@sh scripts/setup-venv.sh --dev

test-system:
	@sh scripts/setup-test-system.sh

demo: venv ## issue the 133 sample certificates, check each, then serve (ONCE=1 ends instead)
	@$(BIN)/python -m certsvc.entrypoints.cli.demo $(if $(ONCE),--once)

serve: venv ## serve the public pages of CERTSVC_HOME
	@$(BIN)/certsvc serve

check: venv-dev ## lint, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: venv-dev test-system check ## everything that CI runs
	@sh scripts/run-tests.sh -n $(WORKERS) --dist loadfile

soak: venv-dev test-system ## the long form of the fault tests: 60 seconds of kills and every moment of a writer
	@SOAK_KILLS=30 SOAK_SECONDS=60 SOAK_MOMENTS=all $(BIN)/pytest tests/operations/test_serving.py tests/faults
	@SOAK_MUTATIONS=500 $(BIN)/pytest tests/document/test_file_attacks.py

bench: venv-dev ## measure speeds next to their floors, write bench/results.json
	@$(BIN)/python -m bench

format: venv-dev ## put the code in its canonical form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: venv-dev ## write the generated pages of docs/ anew
	@$(BIN)/python scripts/make_docs.py
