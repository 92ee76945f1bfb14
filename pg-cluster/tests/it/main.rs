//! The private cluster against the real server programs: starts, crashes, places, and commands beside it.
//!
//! Run as root they also cover the change to the user `postgres`; run as anybody else, the rest.

mod crash;
mod find;
mod lifecycle;
mod location;
mod other_process;
mod support;
mod with_postgres;
