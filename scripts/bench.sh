#!/usr/bin/env bash
# Measures the gateway beside every peer that is at hand, and the platform with the data of a whole city, all built for
# speed. Arguments go to the runner of the gateway; after the word `platform` to that of the
# platform, after `push` to that of bulk pushes. Without any, all run.
# Node.js brings the peers from npm, HIVE_ROUTER names the program of Hive Router; what is missing is left out and said.
set -euo pipefail
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true
[ -f web/dist/index.html ] || scripts/web.sh build
cargo build --release --locked --package cli --package bench
if command -v npm >/dev/null; then
    for peers in bench/peers bench/peers/postgraphile; do
        [ $peers/node_modules/.package-lock.json -nt $peers/package-lock.json ] && continue
        (cd $peers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || echo "the peers of $peers cannot be installed" >&2
    done
fi
target=$(cargo metadata --format-version 1 --no-deps --offline | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
case "${1:-}" in
platform) exec "$target/release/bench-platform" "${@:2}" ;;
push) exec "$target/release/bench-push" "${@:2}" ;;
"") "$target/release/bench" && "$target/release/bench-platform" && exec "$target/release/bench-push" ;;
*) exec "$target/release/bench" "$@" ;;
esac
