//! What the service kit promises against a real PostgreSQL.

mod limits;
mod outage;
mod search;
mod storable;
mod subgraph;
