//! What the service kit promises against a real PostgreSQL.

mod outage;
mod search;
mod storable;
mod subgraph;
