# Every target sets up what it needs; a fresh machine wants Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PROFILE ?= dev
ARGS ?=

.PHONY: demo test check bench soak chaos fuzz venv kerberos ldap acme cluster lock format clean

demo: $(VENV)/.run          ## a whole merger on this machine: ARGS=--once ends after the answers
	$(BIN)/busyline demo $(ARGS)

test: $(VENV)/.dev          ## the tests alone
	HYPOTHESIS_PROFILE=$(PROFILE) $(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/.dev         ## style, types, floors, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

bench: $(VENV)/.dev         ## every figure of the README
	$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.dev          ## two million questions while everything fails: ARGS="--questions 50000 --seconds 300"
	$(BIN)/python -m bench.soak $(ARGS)

chaos: $(VENV)/.dev         ## one thing after the other is broken under the server: ARGS="--list", ARGS="--only sigterm"
	$(BIN)/python -m bench.chaos $(ARGS)

fuzz: $(VENV)/.dev          ## all that strangers can send, at random: ARGS="--seconds 60 --target ewsdecoder"
	$(BIN)/python -m tests.fuzz $(ARGS)

venv: $(VENV)/.dev

lock:                       ## resolve the dependencies anew (needs uv)
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	uv pip compile -q pyproject.toml --extra dev --extra acme --extra cluster -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-dev.lock
	printf 'pyspnego[kerberos]\n' | uv pip compile -q - -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-kerberos.lock
	printf 'acme>=5.2\njosepy>=2.2\n' | uv pip compile -q - -c requirements.lock -c requirements-dev.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-acme.lock
	printf 'python-ldap>=3.4.8\n' | uv pip compile -q - -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-ldap.lock
	printf 'redis>=7.1\npsycopg[binary]>=3.2\nprocrastinate>=3.5\n' | uv pip compile -q - -c requirements.lock -c requirements-dev.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-cluster.lock
	printf 'hatchling>=1.27\neditables>=0.5\n' | uv pip compile -q - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-build.lock

kerberos: $(VENV)/.kerberos ## what Negotiate by Kerberos needs; builds against the machine's Kerberos headers

ldap: $(VENV)/.ldap         ## what Active Directory needs; builds against the machine's LDAP and SASL headers

acme: $(VENV)/.acme         ## what certificates by ACME need

cluster: $(VENV)/.cluster   ## what several nodes with one cache need

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis dist tests/clients/node/node_modules

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Busyline needs Python 3.11 or newer; set PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock requirements-build.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements-build.lock -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/.kerberos: requirements-kerberos.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-kerberos.lock
	touch $@

$(VENV)/.ldap: requirements-ldap.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-ldap.lock
	touch $@

$(VENV)/.acme: requirements-acme.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-acme.lock
	touch $@

$(VENV)/.cluster: requirements-cluster.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-cluster.lock
	touch $@
