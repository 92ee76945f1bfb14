#!/usr/bin/env bash
# Measures the gateway beside every peer that is at hand, all built for speed; arguments go to the runner.
# Node.js brings the peers from npm, HIVE_ROUTER names the program of Hive Router; what is missing is left out and said.
set -euo pipefail
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true
[ -f web/dist/index.html ] || scripts/web.sh build
cargo build --release --locked --package cli --package bench
if command -v npm >/dev/null && [ ! bench/peers/node_modules/.package-lock.json -nt bench/peers/package-lock.json ]; then
    (cd bench/peers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || echo "the peers from npm cannot be installed" >&2
fi
target=$(cargo metadata --format-version 1 --no-deps --offline | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
exec "$target/release/bench" "$@"
