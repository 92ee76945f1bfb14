//! Compares federation gateways under the load of the public federation gateway benchmark.
//!
//! Two programs compare gateways. `bench-subgraphs` serves the load's four subgraphs, or the finished answer, which gives
//! the lower bound for any gateway. `bench` starts one gateway after the other, checks its answer, puts it under load,
//! and reads its cost from the kernel.
//!
//! - [`subgraphs`] has the four schemas over fixed data; [`answer`] computes the expected answer of the operation;
//! - [`server`] serves either of them on a port;
//! - [`contender`] starts each gateway in each mode;
//! - [`http_client`] and [`load`] are the client side. They use little processor time, because they share the machine
//!   with the gateway;
//! - [`process`] reads processor time and memory of a process;
//! - [`trial`] runs one gateway once, and [`report`] makes a table of all trials.
//!
//! A third program, `bench-platform`, measures the whole platform with the data of a city: see [`platform`].

pub mod answer;
pub mod contender;
pub mod http_client;
pub mod load;
pub mod machine;
pub mod platform;
pub mod process;
pub mod report;
pub mod server;
pub mod subgraphs;
pub mod trial;

/// The operation that is measured.
pub const OPERATION: &str = include_str!("../load/operation.graphql");

/// The supergraph SDL, with the subgraphs at [`SUBGRAPHS_ADDRESS_IN_FILE`].
pub const SUPERGRAPH: &str = include_str!("../load/supergraph.graphql");

/// Address of the subgraphs in the supergraph file.
pub const SUBGRAPHS_ADDRESS_IN_FILE: &str = "127.0.0.1:4200";
