#!/bin/sh
# The web console's tools: `sh scripts/console.sh install | build | check | test | pictures`.
# Node: the machine's from 20.19 on, or else the one that a Python package brings into .venv.
# When nothing has changed since the last time, it is done at once.
set -eu
cd "$(dirname "$0")/.."
venv=$(pwd)/.venv
client=$(pwd)/web-client

say() { printf '%s\n' "$*" >&2; }

is_new_enough() {
    "$1" -e '[a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
        2>/dev/null
}

find_node() {
    if is_new_enough node && npm --version >/dev/null 2>&1; then return; fi
    PATH=$venv/bin:$PATH
    export PATH
    if is_new_enough "$venv/bin/node"; then return; fi
    say "Node 20.19 or newer is not on this machine: installing one into .venv …"
    # Where packages come from is as in scripts/setup.sh.
    "$venv/bin/python" -m pip -qq --disable-pip-version-check install \
        --require-hashes -r locks/node.txt
    is_new_enough "$venv/bin/node"
}

install() {
    find_node
    state=$(pwd; node --version; cat web-client/package-lock.json web-client/.npmrc | cksum)
    stamp=$client/node_modules/.installed
    if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$state" ]; then return; fi
    say "Installing what builds the web console …"
    (cd "$client" && npm ci --ignore-scripts --loglevel=error >&2)
    printf '%s\n' "$state" > "$stamp"
}

sources() {
    (cd "$client" && find src public scripts index.html vite.config.ts package-lock.json -type f \
        ! -name '*.test.ts' ! -name '*.test.tsx' ! -name schema.d.ts | LC_ALL=C sort)
}

build() {
    built=$(cd "$client" && sources | xargs cksum | cksum)
    if [ -e api/console_files/index.html ] && [ "$(cat "$client/.built" 2>/dev/null)" = "$built" ]; then
        return
    fi
    install
    say "Building the web console …"
    rm -f "$client/.built"
    if ! (cd "$client" && npm run --silent build > "$client/build.log" 2>&1); then
        tail -n 30 "$client/build.log" >&2
        return 1
    fi
    printf '%s\n' "$built" > "$client/.built"
}

check() {
    install
    (cd "$client" && npm run --silent types >&2 && npm run --silent lint >&2)
}

chromium() {
    for name in ${ROLLCALL_CHROMIUM:-/usr/bin/chromium chromium-browser google-chrome}; do
        command -v "$name" 2>/dev/null && return
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing Debian's chromium for the browser tests …"
        { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium; } \
            >"$client/chromium.log" 2>&1 || say "apt-get failed: see web-client/chromium.log"
    fi
    command -v /usr/bin/chromium
}

tests() {
    build
    install
    # Types and style beside them: neither keeps two processors busy.
    check > "$client/check.log" 2>&1 &
    checking=$!
    passed=true
    run_tests "$@" || passed=false
    if ! wait "$checking"; then
        cat "$client/check.log" >&2
        passed=false
    fi
    "$passed"
}

run_tests() {
    if ROLLCALL_CHROMIUM=$(chromium); then
        export ROLLCALL_CHROMIUM
        (cd "$client" && npm run --silent test -- "$@")
    elif [ "${CI:-}" = true ]; then
        say "The browser tests need Chromium: install it, or name it in ROLLCALL_CHROMIUM."
        return 1
    else
        say "SKIPPED the browser tests: there is no Chromium. Install it, or name it in ROLLCALL_CHROMIUM."
        (cd "$client" && npx vitest run --project logic "$@")
    fi
}

pictures() {
    build
    ROLLCALL_CHROMIUM=$(chromium)
    export ROLLCALL_CHROMIUM
    (cd "$client" && npm run --silent pictures)
}

command=${1:-build}
[ $# -eq 0 ] || shift
case $command in
    install) install ;;
    build) build ;;
    check) check ;;
    test) tests "$@" ;;
    pictures) pictures ;;
    *) say "What is $command? Say install, build, check, test or pictures."; exit 2 ;;
esac
