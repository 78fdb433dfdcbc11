#!/bin/sh
# Gradescope runs this for each submission, and reads /autograder/results/results.json.
set -eu
base="${CASEBOOK_AUTOGRADER:-/autograder}"
exec "${CASEBOOK_PYTHON:-$base/venv/bin/python}" -m casebook_grader.deployment.gradescope_run "$base"
