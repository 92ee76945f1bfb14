#!/usr/bin/env bash
# Works on web/: `build` makes web/dist when a source is newer than it, `test` also checks and tests the sources.
set -euo pipefail
cd "$(dirname "$0")/../web"

install() {
    # node_modules/.package-lock.json is npm's own record of what it installed.
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error
}

build() {
    if [ -f dist/index.html ] && [ -z "$(find . -path ./node_modules -prune -o -path ./dist -prune -o -type f -newer dist/index.html -print -quit)" ]; then
        return
    fi
    install
    npm run --silent build
}

case "${1:-}" in
    build) build ;;
    test) install && npm run --silent check && npm test --silent && build ;;
    *) echo "usage: $0 build|test" >&2; exit 2 ;;
esac
