# The commands of the course. `make` alone lists them. What people do with the course is one command,
# `casebook`; the words here set up its environment first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests run in two processes, each file in one of them; tests/side_by_side.py spreads the bank.
SIDE_BY_SIDE := --numprocesses=2 --dist=loadfile
# nbgrader and Jupyter call other commands of the environment by name.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help lab test check notebooks times release site grade sample-class attacks benchmark mutants
.PHONY: scorecard claims lock clean for-learners for-tests

help:
	@echo "make lab                 open JupyterLab on your copy of the assignments"
	@echo "                         (GPU=yes or GPU=no for TensorFlow's larger or smaller build on Linux)"
	@echo "make test                run all tests: the code, the bank of answers, every solution"
	@echo "make notebooks           run all solutions and compare their outputs (nbval)"
	@echo "make times               time each solution alone, at best on a quiet machine"
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

# Brings the environment up to date, which takes no time where nothing has changed.
define set_up
@command -v $(PYTHON) >/dev/null || { echo "No $(PYTHON) found. Install Python 3.11, 3.12 or 3.13, or name it: make PYTHON=/path/to/python $(MAKECMDGOALS)"; exit 1; }
@$(PYTHON) utils/casebook/suitable.py || { echo "Name another Python: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
@$(PYTHON) utils/casebook/environment.py $(VENV) $(if $(GPU),--gpu $(GPU))
endef

for-learners:
	$(set_up)

for-tests:
	$(set_up) --tests

lab: for-learners
	@$(BIN)/casebook start $(LAB_OPTIONS)

test: check notebooks

check: for-tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pytest $(SIDE_BY_SIDE)

# Outputs are compared, so no machine may leave out a part of an experiment.
notebooks: for-tests
	CASEBOOK_BUDGET=normal $(BIN)/pytest -o addopts= $(SIDE_BY_SIDE) --nbval --nbval-cell-timeout=300 --nbval-sanitize-with tests/nbval.cfg solutions

times: for-tests
	@$(BIN)/python tests/notebook_times.py $(NOTEBOOK)

release: for-learners
	@$(BIN)/casebook release

site: for-tests
	@$(BIN)/casebook site $(SITE_OPTIONS)

grade: for-learners
	@$(BIN)/casebook grade "$(ASSIGNMENT)"

sample-class: for-tests
	@$(BIN)/python tests/sample_class.py "$(ASSIGNMENT)"

attacks: for-tests
	@$(BIN)/python tests/attack_suite.py

benchmark: for-tests
	@$(BIN)/python tests/benchmark.py

mutants: for-tests
	@cd tests && $(CURDIR)/$(BIN)/python -m mutants --notebook "$(NOTEBOOK)" --seconds $(or $(SECONDS),3600) $(if $(NOTEBOOK)$(SECONDS),,--write)

scorecard: for-tests
	@$(BIN)/python tests/scorecard.py

claims: for-tests
	@cd tests && $(CURDIR)/$(BIN)/python -m claims

lock: for-tests
	$(BIN)/python .ci/lock.py --upgrade

clean:
	rm -rf $(VENV) $(VENV).new $(VENV).old
