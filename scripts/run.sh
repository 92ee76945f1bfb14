#!/usr/bin/env bash
# Brings the whole platform up: installs what is missing, builds for a fast start, starts everything in one process.
set -euo pipefail
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true
scripts/setup.sh
# In the dev profile the playground is read from its folder at run time, so both are built at once.
scripts/web.sh build &
web=$!
trap 'kill "$web" 2>/dev/null || true' EXIT
cargo build --locked --workspace --bin ioc
wait "$web"
target=$(cargo metadata --format-version 1 --no-deps --offline | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
exec "$target/debug/ioc" up --sample hanoi "$@"
