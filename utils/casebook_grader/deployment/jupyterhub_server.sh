#!/bin/sh
# What a JupyterHub starts, as the user that it is for: jupyterhub_server.sh learner|instructor
set -eu
role=$1
shift
mkdir -p "$HOME/casebook"
cd "$HOME/casebook"
if [ "$role" = instructor ] && [ -x .venv/bin/casebook ]; then
    chmod 700 .  # solutions and grades lie here
    exec .venv/bin/casebook start --hub --instructor "$@"
fi
exec "$(dirname "$0")/casebook" start --hub "$@"
