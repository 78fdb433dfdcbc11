#!/bin/sh
# Gradescope runs this once, when it builds the image: Python and the course's packages.
set -eu
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends bubblewrap git python3-pip
# The image's own Python may be older than the course takes; uv brings its own.
python3 -m pip install uv 2>/dev/null || python3 -m pip install --break-system-packages uv
cd /autograder/source
UV_PYTHON_INSTALL_DIR=/autograder/python uv venv --python 3.13 /autograder/venv
uv pip install --python /autograder/venv/bin/python --require-hashes -r requirements.lock
uv pip install --python /autograder/venv/bin/python --no-deps --no-build-isolation --editable .
