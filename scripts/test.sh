#!/usr/bin/env bash
# The one gate, the same on a laptop and in CI. Stops at the first step that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
export SQLX_OFFLINE=true

step() {
    printf '\n==> %s\n' "$1"
    shift
    local began=$SECONDS
    "$@"
    printf '    %s s\n' "$((SECONDS - began))"
}

scripts/setup.sh
target=$(cargo metadata --format-version 1 --no-deps | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
ioc="$target/debug/ioc"

step "Playground: types, tests, build" scripts/web.sh test
step "Formatting and lints" scripts/check.sh
step "Build" cargo build --locked --quiet --workspace --bin ioc
step "Generated schemas are current" "$ioc" schema current
step "Checked SQL is current" "$ioc" with-postgres -- scripts/sqlx.sh check "$ioc"
step "Tests" "$ioc" with-postgres -- cargo test --workspace --locked --quiet
