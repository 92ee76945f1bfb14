//! What the service kit promises against a real PostgreSQL.

mod search;
