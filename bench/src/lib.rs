//! Measures federation gateways beside each other, under the load of the public federation gateway benchmark.
//!
//! Two programs are built of it. `bench-subgraphs` serves the load's four subgraphs, or the finished answer as the floor
//! that no gateway can pass. `bench` starts one gateway after the other, checks that its answer is right, loads it, and
//! reads from the kernel what it cost.
//!
//! - [`subgraphs`] are the four schemas over fixed data; [`answer`] is what the operation must yield;
//! - [`server`] puts either on a port;
//! - [`contender`] knows how each gateway is started in each mode;
//! - [`http_client`] and [`load`] are the client side, kept light because it shares the machine with what it measures;
//! - [`process`] reads processor time and memory of a process;
//! - [`trial`] runs one gateway once, [`report`] makes a table of all trials.

pub mod answer;
pub mod contender;
pub mod http_client;
pub mod load;
pub mod process;
pub mod report;
pub mod server;
pub mod subgraphs;
pub mod trial;

/// The operation that is measured.
pub const OPERATION: &str = include_str!("../load/operation.graphql");

/// The supergraph, with the subgraphs at [`SUBGRAPHS_ADDRESS_IN_FILE`].
pub const SUPERGRAPH: &str = include_str!("../load/supergraph.graphql");

/// Where the supergraph file says that the subgraphs are.
pub const SUBGRAPHS_ADDRESS_IN_FILE: &str = "127.0.0.1:4200";
