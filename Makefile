# make check    set up, then hold NumPy and both CPU paths of PyTorch to the specification
# make matrix   set up, then every adapter in an environment of its own; one page shows them all
# make test     set up, then run our own tests
# make help     everything else
#
# The set-up is the folder .venv; it is made once, and again when pyproject.toml or
# constraints.txt change. PIP_ARGS is passed on to pip, PYTHON names another interpreter.

VENV := .venv
BIN := $(VENV)/bin
PIP_ARGS ?=
PROFILE ?= quick
ADAPTERS ?=
JOBS ?=
OUT ?= convspec-matrix

# The first Python that is new enough and can make virtual environments.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo "$$python" && break; done)

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--constraint constraints.txt $(PIP_ARGS)

.PHONY: check matrix test test-all lint pages bench mutants findings anchors clean help
.DELETE_ON_ERROR:

check: $(VENV)/ready ## run the conformance suite on NumPy and PyTorch
	@$(BIN)/convspec check $(or $(ADAPTERS),numpy torch torch:no-mkldnn) --known builtin \
		--profile $(PROFILE) || { code=$$?; case $$code in \
		1) echo "make check: an implementation deviates; the failures are shown above" ;; \
		130) echo "make check: interrupted" ;; \
		*) echo "make check: the run could not be completed (exit code $$code)" ;; \
		esac >&2; exit $$code; }

# An adapter that cannot be installed is a row that says so; make fails where one that ran does.
matrix: $(VENV)/ready ## run every adapter (or ADAPTERS=…) in an environment of its own
	@$(BIN)/convspec matrix $(ADAPTERS) --profile $(PROFILE) --out $(OUT) $(JOBS:%=--jobs %) \
		$(if $(PIP_ARGS),--pip '$(PIP_ARGS)') || { code=$$?; case $$code in \
		1) echo "make matrix: an implementation deviates in a way that is not known" ;; \
		130) echo "make matrix: interrupted" ;; \
		*) echo "make matrix: not all rows could be judged (exit code $$code)" ;; \
		esac >&2; exit $$code; }

test: $(VENV)/ready ## run our own tests, without the long ones
	$(BIN)/python -m pytest tests/selftest -n auto -m "not slow" -rs

test-all: $(VENV)/ready ## run all of our own tests
	$(BIN)/python -m pytest tests/selftest -n auto

# mypy does not follow setuptools' map from rooms to packages; a folder of links shows it the
# package as it is once installed. Messages name modules by that: convspec/spec/ is spec/.
TYPES := .cache/types/convspec
lint: $(VENV)/ready-dev ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@rm -rf $(TYPES) && mkdir -p $(TYPES) && ln -s $(CURDIR)/convspec/* $(TYPES)/ \
		&& ln -s $(CURDIR)/spec $(CURDIR)/reference $(CURDIR)/adapters $(TYPES)/ \
		&& ln -s $(CURDIR)/tests/conformance $(TYPES)/
	cd $(TYPES)/.. && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml \
		--cache-dir $(CURDIR)/.mypy_cache -p convspec

pages: $(VENV)/ready ## bring the generated parts of spec/*.md up to date
	$(BIN)/python -m convspec.pages --write

bench: $(VENV)/ready ## measure speed, print the tables
	$(BIN)/python benchmarks/run.py

mutants: $(VENV)/ready ## run the suite against every planted fault, print what caught it
	$(BIN)/convspec mutants --write KILLS.md

findings: $(VENV)/ready ## write FINDINGS.md anew from the records in adapters/known
	$(BIN)/convspec findings --write FINDINGS.md

anchors: $(VENV)/ready ## run the suite on old releases whose faults it has to find
	$(BIN)/convspec anchors $(ANCHORS)

clean: ## remove the set-up and everything else that is made
	rm -rf $(VENV) .cache build dist *.egg-info convspec-report convspec-matrix
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

$(VENV)/created:
	@test -n "$(PYTHON)" || { echo "make: no Python of at least 3.11 with the modules venv and" \
		"ensurepip was found; install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; }
	@echo "setting up $(VENV) with $(PYTHON) ..."
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

$(VENV)/ready: pyproject.toml constraints.txt | $(VENV)/created
	@echo "installing convspec and PyTorch into $(VENV) (some minutes, once) ..."
	@$(INSTALL) setuptools
	@$(INSTALL) --no-build-isolation --editable '.[torch]'
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	@echo "installing the tools for checking into $(VENV) ..."
	@$(INSTALL) mypy ruff
	@touch $@
