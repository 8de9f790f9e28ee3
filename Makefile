# The way in. `make` alone lists what there is; nothing but make and Python 3.11+ is needed.

PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST

PYTHON := .venv/bin/python
# On as many cores as there are; a single test is quicker without (-n 0).
PYTEST := $(PYTHON) -m pytest --numprocesses auto

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-dev demo demo-https serve test test-sqlite test-postgresql test-everything bench check format lock clean

help: ## List these targets
	@echo 'Usage: make TARGET [PORT=8000] [HOST=127.0.0.1] [DATABASE_URL=postgresql://…]'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv and install what the service needs
	@bin/setup

setup-dev: ## The same, with what tests and checks need
	@bin/setup dev

demo: setup ## Set everything up, load the demo data, print log-ins and a curl line, and serve
	@exec bin/serve demo

demo-https: setup ## The same by HTTPS, for clients that speak nothing else, with a certificate of its own
	@exec bin/serve demo-https

serve: setup ## Migrate, and run the production server against DATABASE_URL
	@exec bin/serve

test: test-sqlite test-postgresql ## Run each test once, on SQLite or on PostgreSQL

test-sqlite: setup-dev ## Run the tests on SQLite
	$(PYTEST) --database sqlite

test-postgresql: setup-dev ## Run these tests on a PostgreSQL of their own, or on TEST_DATABASE_URL
	$(PYTEST) --database postgresql

test-everything: setup-dev ## Run every test on both, at length; takes half an hour
	$(PYTEST) --everything --database sqlite
	$(PYTEST) --everything --database postgresql

bench: setup-dev ## Measure how fast it is, against yardsticks; BENCH="--full" with the sizes of the record
	@$(PYTHON) -m tests.benchmarks $(BENCH)

check: setup-dev ## Run the linters, the type checker and Django's own checks
	@bin/check

format: setup-dev ## Format the Python code
	$(PYTHON) -m ruff check --fix-only --quiet .
	$(PYTHON) -m ruff format .

lock: setup-dev ## Write the lock files anew from pyproject.toml, with the newest versions it allows
	@bin/lock

clean: ## Remove the virtual environment and the tools' caches; var/ (database, secret key) stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
