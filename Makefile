# Everything runs in a virtual environment that the targets make themselves, from lock files with
# hashes; the index is whatever pip is configured for.

PYTHON ?= python3
VENV := .venv
CLIENTS_VENV := .venv-clients
BENCH_VENV := .venv-bench
BIN := $(VENV)/bin
# what Python compiles ahead, so that the first runs start as fast as the later ones
PACKAGE := __init__.py errors.py lazy.py overhead.py ports.py yaml_text.py audits cli emulator inventory parsers playbooks tasks templates

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint docs simulate bench lock

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/' | expand -t 16

demo: $(VENV)/ready ## a tour: audit a lab over SSH, and give it another rekey key
	@$(BIN)/python docs/tour.py build/tour.html

test: $(VENV)/ready $(CLIENTS_VENV)/locked ## run the tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n auto --dist loadgroup

lint: $(VENV)/ready ## check format, style, types, import rules, licences and documents; build/sbom.json
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@rm -rf build
	@$(BIN)/pip install -qq --no-deps --no-build-isolation --target build/typed .
	@MYPYPATH=build/typed $(BIN)/mypy -p getvpn
	@rm -rf build
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/python docs/sbom.py build/sbom.json
	@$(MAKE) --no-print-directory docs

docs: $(VENV)/ready ## build the site of the documents strictly, build/site
	@$(BIN)/mkdocs build --strict

# RUNS=N runs, SEED=N replays one and tells its story, ONLY='rollover rsa' chooses, FIRST=N begins there,
# TABLE=FILE writes the page of faults, JOBS=N processes
simulate: $(VENV)/ready ## run procedures in virtual time while things go wrong
	@$(BIN)/python -m tests.simulation.procedures $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(FIRST),--first $(FIRST)) $(if $(ONLY),--only '$(ONLY)') $(if $(JOBS),--jobs $(JOBS)) \
		$(if $(TABLE),--table $(TABLE))

bench: $(BENCH_VENV)/ready ## measure speed, beside other parsers
	@$(BENCH_VENV)/bin/pytest -q -o filterwarnings=default tests/benchmarks

lock: $(VENV)/ready ## bring the lock files up to date with pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --group dev --output-file requirements/dev.lock
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --group clients --output-file requirements/clients.lock
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --group bench --output-file requirements/bench.lock

LOCK_OPTIONS = pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url

# $(1)/locked: the environment holds what its lock file $(2) says; $(1)/ready: getvpn as well.
# $(3): more options of pip.
define ENVIRONMENT
$(1)/locked: $(2)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "getvpn needs Python 3.11 or newer, and $(PYTHON) is not; name one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "making $(1) from $(2)" >&2
	@$(PYTHON) -m venv --clear $(1)
	@$(1)/bin/pip install -qq --disable-pip-version-check $(3) --require-hashes -r $(2)
	@touch $$@

$(1)/ready: $(1)/locked pyproject.toml
	@$(1)/bin/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(1)/bin/python -m compileall -q $(PACKAGE)
	@touch $$@
endef
$(eval $(call ENVIRONMENT,$(VENV),requirements/dev.lock))
# Ansible brings 17,000 modules, of which the tests load a few hundred: nothing is compiled ahead,
# and the tests keep what they compile, even where Python is told not to.
$(eval $(call ENVIRONMENT,$(CLIENTS_VENV),requirements/clients.lock,--no-compile))
$(eval $(call ENVIRONMENT,$(BENCH_VENV),requirements/bench.lock))
