#!/bin/sh
# Makes .venv with everything that locks/ names: `sh scripts/setup.sh runtime` or `… dev`.
# Needs only Python 3.11 or newer. When nothing has changed it is done at once.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-runtime}
venv=.venv
python=$venv/bin/python

say() { printf '%s\n' "$*" >&2; }

# A developer's environment stays one when `make run` asks for less.
if [ "$kind" = runtime ] && [ -e $venv/.setup-dev ]; then kind=dev; fi
stamp=$venv/.setup-$kind

# The folder is part of it: an environment does not work at another path.
state=$(pwd; cat "locks/$kind.txt" locks/setup.txt pyproject.toml scripts/setup.sh | cksum)
if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && $python -c '' 2>/dev/null; then
    exit 0
fi

find_python() {
    found_python=
    for name in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        found_python=$name
        if "$name" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    if [ -n "$found_python" ]; then
        say "Python's module venv is missing. Install it first, on Debian and Ubuntu with:" \
            "apt-get install python3-venv"
    else
        say "Rollcall needs Python 3.11 or newer, and none was found." \
            "Install it, or name it: make PYTHON=/path/to/python3"
    fi
    return 1
}

# An environment that was moved, or whose making was interrupted, is made again.
if [ ! -e $venv/.made ] || [ "$(cat $venv/.made)" != "$(pwd)" ] || ! $python -m pip --version >/dev/null 2>&1; then
    base=$(find_python)
    say "Making $venv with $("$base" --version) …"
    rm -rf $venv
    "$base" -m venv $venv
    pwd > $venv/.made
fi
rm -f $venv/.setup-*

export PIP_DISABLE_PIP_VERSION_CHECK=1
pip() { $python -m pip -qq "$@"; }  # errors alone

# uv does not read pip's settings: hand it those that say where packages come from.
setting() { $python -m pip config get "global.$1" 2>/dev/null || true; }
use_pip_settings_for_uv() {
    index=${PIP_INDEX_URL:-$(setting index-url)}
    certificates=${PIP_CERT:-$(setting cert)}
    if [ -n "$index" ] && [ -z "${UV_DEFAULT_INDEX:-}" ]; then export UV_DEFAULT_INDEX="$index"; fi
    if [ -n "$certificates" ] && [ -z "${SSL_CERT_FILE:-}" ]; then
        export SSL_CERT_FILE="$certificates"
    fi
    export UV_PYTHON_DOWNLOADS=never UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-30}"
}

# Compiled now, once: commands start twice as fast where Python may not write to the environment.
say "Installing packages …"
pip install --require-hashes -r locks/setup.txt
use_pip_settings_for_uv
if ! $venv/bin/uv pip sync --quiet --python $python --require-hashes --compile-bytecode \
    locks/setup.txt "locks/$kind.txt" 2> $venv/uv.log; then
    say "uv could not install the packages (see $venv/uv.log); pip tries, which takes longer …"
    pip install --require-hashes -r "locks/$kind.txt"
    pip install --require-hashes -r locks/setup.txt
fi
pip install --no-index --no-deps --no-build-isolation --editable .

printf '%s\n' "$state" > "$stamp"
say "Ready."
