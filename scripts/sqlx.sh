#!/usr/bin/env bash
# Describes every checked SQL query against a freshly migrated database, as `cargo sqlx prepare` does (the same macros
# write the same files), without another program to install. `check` compares with .sqlx, `write` replaces it.
# Run beneath `ioc with-postgres`, which sets DATABASE_URL.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:?usage: $0 check|write PATH-OF-IOC}
ioc=${2:?usage: $0 check|write PATH-OF-IOC}

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$ioc" migrate

mapfile -t sources < <(grep -rlE 'sqlx::query(_as|_scalar)?!' --include='*.rs' services service-kit cli sample)
mapfile -t packages < <(printf '%s\n' "${sources[@]}" | sed -E 's#^(services/)?([^/]+)/.*#\2#' | sort -u)
# The macros write only while they are expanded, so their crates must be compiled anew.
touch "${sources[@]}"
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" SQLX_TMP="$fresh" cargo check --quiet --locked --all-targets "${packages[@]/#/--package=}"
touch "${sources[@]}"

case "$mode" in
    write) rm -rf .sqlx && mkdir .sqlx && cp "$fresh"/query-*.json .sqlx/ && echo "$(ls .sqlx | wc -l) queries in .sqlx" ;;
    check) diff --recursive --brief .sqlx "$fresh" || { echo ".sqlx is not current; run \`make sqlx\`" >&2; exit 1; } ;;
    *) echo "usage: $0 check|write PATH-OF-IOC" >&2; exit 2 ;;
esac
