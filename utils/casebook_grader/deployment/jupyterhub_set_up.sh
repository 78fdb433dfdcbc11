#!/bin/sh
# Sets up The Littlest JupyterHub for this course, and brings it up to date when run again:
#     cd ~/casebook && sudo sh utils/casebook_grader/deployment/jupyterhub_set_up.sh
# The instructor runs it, an admin of the hub, in a terminal there; ~/casebook is the whole course.
set -eu
here=$(dirname "$0")
instructor=${SUDO_USER:?run this with sudo, as the user who is the instructor}
hub=/opt/tljh
shared=/opt/casebook # the course as learners get it, without solutions
exchange=/srv/casebook-exchange

if [ ! -x "$hub/hub/bin/python" ] || [ ! -f nbgrader_config.py ]; then
    echo "expected The Littlest JupyterHub in $hub, and to be run in the course's folder" >&2
    exit 1
fi
"$hub/user/bin/python" utils/casebook/suitable.py # says what is wrong
chmod 700 .
apt-get install --yes --no-install-recommends bubblewrap graphviz
version=$("$hub/hub/bin/python" -c "import jupyterhub; print(jupyterhub.__version__)")
python=$hub/user/bin/python

# Learners: an environment that all may read, with the course as a wheel, which has no solution.
[ -x "$shared/bin/python" ] || "$python" -m venv "$shared"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for name in assignments datasets utils pyproject.toml setup.py MANIFEST.in nbgrader_config.py \
    README.md LICENSE; do
    cp -R "$name" "$scratch"
done
"$shared/bin/python" -m pip install --require-hashes -r requirements.lock
"$shared/bin/python" -m pip install "jupyterhub==$version"
"$shared/bin/python" -m pip install --no-deps --no-build-isolation --force-reinstall "$scratch"
install -m 755 "$here/jupyterhub_server.sh" "$shared/bin"
chmod -R go=u,go-w "$shared"

# The instructor: the course itself, with an environment of its own.
runuser -u "$instructor" -- "$python" utils/casebook/environment.py .venv
runuser -u "$instructor" -- .venv/bin/python -m pip install "jupyterhub==$version"

# All may write to the exchange and none may move what is another's. The course's own folder in it
# belongs to the instructor before anybody else can make one.
install -d -m 1777 "$exchange"
install -d -m 755 -o "$instructor" "$exchange/deep-convolutional-models"

install -D -m 644 "$here/jupyterhub_config.py" "$hub/config/jupyterhub_config.d/casebook.py"
tljh-config reload hub
echo "The course is set up. Stop and start your server (Hub Control Panel) to see it."
