#!/bin/sh
# The entry of a user's pod on Kubernetes: makes an account of the user's own, and goes on as that.
# nbgrader knows people by their accounts, and the exchange keeps them apart by these.
set -eu
name=$JUPYTERHUB_USER
number=$CASEBOOK_NUMBER
exchange=$CASEBOOK_EXCHANGE
accounts=$(dirname "$exchange")/accounts # who has which number; only root writes there
case $name in *[!A-Za-z0-9._@-]*)
    echo "expected a name of letters, digits and ._@- ; found $name" >&2
    exit 1 ;;
esac

install -d -m 1777 "$exchange"
if [ "${2:-}" = instructor ] && [ ! -d "$exchange/deep-convolutional-models" ]; then
    install -d -m 755 -o "$number" "$exchange/deep-convolutional-models"
fi
account="$name:x:$number:$number::$HOME:/bin/bash"
grep -qsxF "$account" "$accounts" || echo "$account" >>"$accounts"
cat "$accounts" >>/etc/passwd
chown "$number:$number" "$HOME"
chmod 700 "$HOME"
cd "$HOME"
exec setpriv --reuid="$number" --regid="$number" --clear-groups --no-new-privs "$@"
