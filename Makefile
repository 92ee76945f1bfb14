# Every target is one line; what it does stands in scripts/ or in the `ioc` binary.
# Queries are checked against .sqlx, so that building needs no database.
export SQLX_OFFLINE := true

IOC_DEBUG := $(shell cargo metadata --format-version 1 --no-deps --offline 2>/dev/null | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')/debug/ioc

.PHONY: help run test check bench web schema sqlx fmt setup

help:     ## Say what each target does
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

run:      ## Bring the whole platform up on the data of Hanoi
	@scripts/run.sh

test:     ## Everything that CI runs: formatting, lints, generated files, web, all tests
	@scripts/test.sh

check:    ## The part of `make test` that needs no tests run: formatting and lints
	@scripts/check.sh

bench:    ## Measure the gateway beside its peers (OPTIONS="--rounds 6 --json FILE")
	@scripts/bench.sh $(OPTIONS)

web:      ## Build the playground's assets
	@scripts/web.sh build

schema:   ## Write schema/subgraphs and schema/supergraph.graphql from the services
	@cargo build --workspace --bin ioc && $(IOC_DEBUG) schema current --write

sqlx:     ## Write .sqlx, the checked description of every SQL query
	@cargo build --workspace --bin ioc && $(IOC_DEBUG) with-postgres -- scripts/sqlx.sh write $(IOC_DEBUG)

fmt:      ## Format everything
	@cargo fmt --all

setup:    ## Install what is missing: PostgreSQL's server, Node.js
	@scripts/setup.sh
