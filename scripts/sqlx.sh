#!/usr/bin/env bash
# Describes every checked SQL query against a freshly migrated database, as `cargo sqlx prepare` does (the same macros
# write the same files), without another program to install. `check` compares with .sqlx, `write` replaces it.
# Run beneath `ioc with-postgres`, which sets DATABASE_URL.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:?usage: $0 check|write PATH-OF-IOC}
ioc=${2:?usage: $0 check|write PATH-OF-IOC}

case "$mode" in
    # Clippy with the flags of check.sh, which has compiled everything else already.
    check) compile=(clippy --workspace --all-targets --locked --quiet -- --deny warnings) ;;
    write) compile=(check --workspace --all-targets --locked --quiet) ;;
    *) echo "usage: $0 check|write PATH-OF-IOC" >&2; exit 2 ;;
esac

"$ioc" migrate
mapfile -t sources < <(grep -rlE 'sqlx::query(_as|_scalar)?!' --include='*.rs' services service-kit cli sample)

# The macros write only while they are expanded, so their crates must be compiled anew. Then each file that nobody edited
# meanwhile gets its time back, so that the next build does not compile its crate again.
work=$(mktemp -d)
fresh="$work/queries"
mkdir "$fresh" "$work/before"
cp --parents --preserve=timestamps "${sources[@]}" "$work/before"
restore() {
    for source in "${sources[@]}"; do
        cmp --silent "$source" "$work/before/$source" && touch --reference="$work/before/$source" "$source"
    done
    rm -rf "$work"
}
trap restore EXIT
touch "${sources[@]}"
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" SQLX_TMP="$fresh" cargo "${compile[@]}"

case "$mode" in
    write) rm -rf .sqlx && mkdir .sqlx && cp "$fresh"/query-*.json .sqlx/ && echo "$(ls .sqlx | wc -l) queries in .sqlx" ;;
    check) diff --recursive --brief .sqlx "$fresh" || { echo ".sqlx is not current; run \`make sqlx\`" >&2; exit 1; } ;;
esac
