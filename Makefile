# Every recipe is plain enough to type by hand; README.md has the three lines for a machine without make.
PYTHON = python3
PORT = 8000

BIN = .venv/bin
INSTALL = $(BIN)/pip install --quiet
LOCK = $(BIN)/uv pip compile pyproject.toml --extra build --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --quiet

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DELETE_ON_ERROR:
.PHONY: run demo test lint lock build sbom bench scale pages soak faults

run: .venv/base.installed
	@exec $(BIN)/blogapp serve --upgrade --port $(PORT)

demo: .venv/base.installed
	rm -rf instance/demo
	@export DATABASE_URL=sqlite:///instance/demo/blog.db MEDIA_DIR=instance/demo/media SITE_NAME="The Tide Table"; \
	$(BIN)/blogapp demo && exec $(BIN)/blogapp serve --port $(PORT)

test: .venv/dev.installed
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

lint: .venv/dev.installed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src/blogapp/templates

lock: .venv/dev.installed
	$(LOCK) --output-file requirements/base.txt
	$(LOCK) --extra dev --output-file requirements/dev.txt

build: .venv/dev.installed
	$(BIN)/hatchling build

# What whoever installs the lock has, with versions, licences and who needs whom (CycloneDX); hashes are in the lock.
# The environment has no pip, which is no part of the program.
sbom: .venv/dev.installed
	rm -rf dist/sbom-environment
	$(BIN)/python -m venv --without-pip dist/sbom-environment
	$(BIN)/pip --python dist/sbom-environment install --quiet --require-hashes -r requirements/base.txt
	$(BIN)/pip --python dist/sbom-environment install --quiet --no-deps --no-build-isolation .
	$(BIN)/cyclonedx-py environment dist/sbom-environment --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-format JSON --output-file dist/blogapp.cdx.json
	rm -rf dist/sbom-environment

bench: .venv/dev.installed
	$(BIN)/python -m benchmarks $(ARGS)

scale: .venv/dev.installed
	$(BIN)/python -m benchmarks.scale $(ARGS)

pages: .venv/dev.installed
	$(BIN)/python -m benchmarks.pages $(ARGS)

soak: .venv/dev.installed
	$(BIN)/python -m benchmarks.soak $(ARGS)

faults: .venv/dev.installed
	$(BIN)/python -m tests.faults.table $(ARGS)

# The stamps say which lock was installed last. The development lock holds all of the base lock, so `make run` after
# `make test` has nothing to install; the other way round pip adds what is missing and takes nothing away.
.venv/base.installed: requirements/base.txt pyproject.toml | .venv/bin/python
	@echo "Installing blogapp into .venv ..."
	@$(INSTALL) --require-hashes -r requirements/base.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.installed: requirements/dev.txt pyproject.toml | .venv/bin/python
	@echo "Installing blogapp and its development tools into .venv ..."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch .venv/base.installed $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "blogapp needs Python 3.11 or newer, and $(PYTHON) is not: name another one, like make PYTHON=python3.13" >&2; exit 1; }
	$(PYTHON) -m venv .venv
