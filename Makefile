# The commands of the course. `make` alone lists them. What people do with the course is one command,
# `casebook`; the words here set up its environment first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# Tests run in two processes, each file in one of them; tests/side_by_side.py spreads the bank.
SIDE_BY_SIDE := --numprocesses=2 --dist=loadfile
# nbgrader and Jupyter call other commands of the environment by name.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help lab test check notebooks release site grade sample-class attacks benchmark mutants scorecard
.PHONY: claims lock clean

help:
	@echo "make lab                 open JupyterLab on your copy of the assignments"
	@echo "make test                run all tests: the code, the bank of answers, every solution"
	@echo "make notebooks           run all solutions and compare their outputs (nbval)"
	@echo "make release             generate assignments/ from solutions/"
	@echo "make site                build the course as pages to read: site/index.html"
	@echo "make grade ASSIGNMENT=03_residual_networks"
	@echo "                         grade what lies in grading/submitted and print the grades"
	@echo "make sample-class ASSIGNMENT=03_residual_networks"
	@echo "                         write the submissions of an invented class, to try grading out"
	@echo "make attacks             attack the grader, and stock nbgrader beside it"
	@echo "make benchmark           measure grading, and stock nbgrader beside it"
	@echo "make mutants             mutate the solutions and see which mistakes the checks miss"
	@echo "                         (NOTEBOOK=residual_blocks for one, SECONDS=3600 in all)"
	@echo "make scorecard           measure all that the course promises: tests/scorecard.md"
	@echo "make claims              measure what the notebooks say of their experiments: tests/claims.md"
	@echo "make lock                pin the newest versions that fit pyproject.toml"
	@echo "make clean               remove .venv (your work and your grades stay)"

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) found. Install Python 3.11, 3.12 or 3.13, or name it: make PYTHON=/path/to/python $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) utils/casebook/suitable.py || { echo "Name another Python: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up the environment in $(VENV): a few minutes, once."
	@$(PYTHON) -m venv --clear $(VENV) || { echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

lab: $(READY)
	@$(BIN)/casebook start $(LAB_OPTIONS)

test: check notebooks

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pytest $(SIDE_BY_SIDE)

notebooks: $(READY)
	$(BIN)/pytest -o addopts= $(SIDE_BY_SIDE) --nbval --nbval-cell-timeout=300 --nbval-sanitize-with tests/nbval.cfg solutions

release: $(READY)
	@$(BIN)/casebook release

site: $(READY)
	@$(BIN)/casebook site $(SITE_OPTIONS)

grade: $(READY)
	@$(BIN)/casebook grade "$(ASSIGNMENT)"

sample-class: $(READY)
	@$(BIN)/python tests/sample_class.py "$(ASSIGNMENT)"

attacks: $(READY)
	@$(BIN)/python tests/attack_suite.py

benchmark: $(READY)
	@$(BIN)/python tests/benchmark.py

mutants: $(READY)
	@cd tests && $(CURDIR)/$(BIN)/python -m mutants --notebook "$(NOTEBOOK)" --seconds $(or $(SECONDS),3600)

scorecard: $(READY)
	@$(BIN)/python tests/scorecard.py

claims: $(READY)
	@$(BIN)/python tests/claims.py

lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade \
	    --generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock
	$(BIN)/python .ci/environment.py

clean:
	rm -rf $(VENV)
