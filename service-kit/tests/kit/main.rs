//! What the service kit promises against a real PostgreSQL.

mod functions;
mod limits;
mod outage;
mod reader;
mod search;
mod storable;
mod subgraph;
