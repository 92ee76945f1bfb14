#!/usr/bin/env bash
# Installs what building and running need beyond git, make and Rust: PostgreSQL's server programs (15 or later) and
# Node.js (18 or later) with npm. Where it may not install, it says in one sentence what to install.
set -euo pipefail

have_postgres() {
    [ -n "${IOC_PG_BIN:-}" ] && [ -x "$IOC_PG_BIN/postgres" ] && return
    command -v pg_config >/dev/null && [ -x "$(pg_config --bindir)/postgres" ] && return
    local programs=(/usr/lib/postgresql/*/bin/postgres)
    [ -x "${programs[-1]}" ] || command -v postgres >/dev/null
}

have_node() {
    command -v npm >/dev/null && command -v node >/dev/null && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ]
}

missing=()
have_postgres || missing+=(postgresql)
have_node || missing+=(nodejs npm)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    echo "Please install: ${missing[*]} (for example with \`sudo apt-get install ${missing[*]}\`), then run this again." >&2
    exit 1
fi

echo "Installing ${missing[*]} ..." >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
    # The platform runs a cluster of its own: Debian's default one would only take a port and memory.
    "${as_root[@]}" apt-get install -y -qq postgresql-common >/dev/null
    "${as_root[@]}" sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
fi
"${as_root[@]}" apt-get install -y -qq "${missing[@]}" >/dev/null
have_node || { echo "Please install Node.js 18 or later with npm; apt offers only an older one." >&2; exit 1; }
have_postgres || { echo "Please install PostgreSQL's server, version 15 or later." >&2; exit 1; }
