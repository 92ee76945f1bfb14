#!/usr/bin/env bash
# Brings the whole platform up: installs what is missing, builds in release, starts everything in one process.
set -euo pipefail
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true
scripts/setup.sh
scripts/web.sh build
cargo build --release --locked --package cli
target=$(cargo metadata --format-version 1 --no-deps --offline | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
exec "$target/release/ioc" up --sample hanoi "$@"
