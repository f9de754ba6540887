#!/bin/sh
# Sets up Rollcall on a machine with nothing but Python and make: a minimal Debian in a folder.
#
#   sudo sh tests/fresh_machine.sh [FOLDER] [COMMAND]
#
# Takes this checkout as git sees it, and this machine's way to reach package registries. Runs
# COMMAND (`make setup`, two starts of the embedded database, `make console` and a look at `/` when
# there is none) as root and as an ordinary user, each with the checkout in a private home, and
# prints how long it took.
set -eu
cd "$(dirname "$0")/.."
target=${1:-$(mktemp -d)/fresh}
trial='.venv/bin/python -c "
import pathlib, api.embedded_database as embedded
database = embedded.EmbeddedDatabase(pathlib.Path(\"data\"))
print(database.start().server_url)
database.release()"'
served='{ .venv/bin/rollcall run > run.log 2>&1 & server=$!
for _ in $(seq 120); do grep -q "Rollcall serves" run.log && break; sleep 0.5; done
.venv/bin/python -c "
import urllib.request as http
assert b\"/assets/index-\" in http.urlopen(\"http://127.0.0.1:8000/\").read(), \"no console\"
print(\"/ serves the console\")"
seen=$?; kill $server; wait $server; [ $seen = 0 ]; }'
command=${2:-make setup && $trial && $trial && make console && $served}

[ "$(id -u)" = 0 ] || { echo "This needs root, for chroot." >&2; exit 1; }
if [ ! -x "$target/usr/bin/make" ]; then
    mkdir -p "$target"
    debootstrap --variant=minbase --include=python3,python3-venv,make,ca-certificates \
        stable "$target" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} > "$target.log"
fi
mountpoint -q "$target/proc" || mount -t proc proc "$target/proc"
mountpoint -q "$target/dev" || mount --rbind --make-rslave /dev "$target/dev"
leave() {
    umount -l "$target/proc" "$target/dev"
    echo "The machine is kept in $target" >&2
}
trap leave EXIT

# How this machine reaches package registries.
for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
    if [ -e "$file" ]; then cp -L "$file" "$target$file"; fi
done
passed=$(env | grep -E '^(PIP_|UV_|SSL_CERT|https?_proxy|HTTPS?_PROXY|no_proxy)' || true)

grep -q '^tester:' "$target/etc/passwd" || chroot "$target" useradd --create-home tester
for user in root tester; do
    home=$(awk -F : -v user="$user" '$1 == user { print $6 }' "$target/etc/passwd")
    chmod 700 "$target$home"
    rm -rf "$target$home/rollcall"
    mkdir "$target$home/rollcall"
    git ls-files -z --cached --others --exclude-standard |
        xargs -0 cp --parents -t "$target$home/rollcall"
    chroot "$target" chown -R "$user:" "$home/rollcall"
    echo "== as $user in $home/rollcall" >&2
    began=$(date +%s)
    # shellcheck disable=SC2086 # one variable a word
    chroot --userspec="$user" "$target" env -i HOME="$home" PATH=/usr/bin:/bin:/usr/sbin:/sbin \
        LANG=C.UTF-8 $passed sh -c "cd $home/rollcall && $command"
    echo "== as $user: $(($(date +%s) - began)) seconds" >&2
done
