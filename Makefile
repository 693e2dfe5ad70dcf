# Everything a developer or an operator types. `make` alone lists it.
PYTHON ?= python3
STACK ?= dev
SHELL := /bin/bash
# Pulumi formats thousands of tracebacks in tests of refusals, and Python 3.11 parses source code for the marks in each.
export PYTHONNODEBUGRANGES := 1
# Compiling every module in every process takes longer than the tests of `make check`.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: up down status check test live bench clean help packages

up: ## Bring the platform up (STACK=dev: builds what is missing, starts the local cluster, asks nothing)
	@$(PYTHON) -m toolchain deploy --stack $(STACK)

down: ## Stop the local cluster; its data stays and `make up` resumes
	@$(PYTHON) -m toolchain down

status: ## Show what runs on the local cluster
	@$(PYTHON) -m toolchain status || test $$? -eq 3 # 3: not running, which is an answer and no failure

check: packages ## Format, lint, types and the tests that start no program
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyrefly check
	@BALLAST_SAMPLE=1 $(BIN)/pytest -q -n 2 --dist worksteal -m "not engine and not opensearch and not programs and not plans"

test: packages ## Everything: check's three judges, then every test on the real engine, API server and OpenSearch
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyrefly check
	@$(PYTHON) -m toolchain build
	@BALLAST_REQUIRE=1 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=25 \
		--junitxml=.ballast/durations/$$(date +%Y-%m-%dT%H-%M-%S).xml

live: packages ## Telemetry through real programs, run from what the program renders: found, masked, alerted, nothing lost
	@$(PYTHON) -m toolchain build
	@BALLAST_REQUIRE=1 BALLAST_OUTAGE_SECONDS=60 $(BIN)/pytest -q -s tests/live

bench: packages ## Figures, each beside its floor, in one run
	@$(PYTHON) -m toolchain build
	@$(BIN)/python -m tests.bench

clean: ## Stop and delete this checkout's local cluster, state and logs (says what it deletes)
	@$(PYTHON) -m toolchain clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

packages:
	@$(PYTHON) -m toolchain packages
