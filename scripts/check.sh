#!/usr/bin/env bash
# Formatting and lints: what can be said without running anything.
set -euo pipefail
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked --quiet -- --deny warnings
