//! The server's settings: modest memory for a small machine, and all the platform relies on.
//!
//! They are given on the command line rather than written to `postgresql.conf`: so they are the same for a cluster
//! that an older release made, and a file edited by hand cannot take the server off its private socket.

use std::{ffi::OsString, path::Path};

/// What a crash of the machine may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was acknowledged.
    Durable,
    /// The whole cluster, and a crash of the server the last moments: for tests, which gain speed by it.
    Throwaway,
}

const BASE: &[(&str, &str)] = &[
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("cluster_name", "ioc"),
    ("max_connections", "200"),
    ("effective_cache_size", "1GB"),
    ("work_mem", "16MB"),
    ("maintenance_work_mem", "128MB"),
    ("max_wal_size", "2GB"),
    ("wal_level", "logical"),
    // A change feed whose consumer is gone must not fill the disk.
    ("max_slot_wal_keep_size", "4GB"),
    // Compiling costs more than it gains on the short statements of a dashboard.
    ("jit", "off"),
    ("random_page_cost", "1.1"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    // The supervisor reads standard error and bounds the file itself.
    ("logging_collector", "off"),
    ("log_line_prefix", "%m [%p] %q%u@%d %a "),
];

const DURABLE: &[(&str, &str)] = &[
    ("shared_buffers", "256MB"),
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("synchronous_commit", "on"),
];

const THROWAWAY: &[(&str, &str)] = &[
    ("shared_buffers", "128MB"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
];

/// The server's arguments after `-D DIR`: ours, then the caller's, of which the last wins.
pub(crate) fn arguments(durability: Durability, callers: &[(String, String)], socket_dir: &Path) -> Vec<OsString> {
    let own = match durability {
        Durability::Durable => DURABLE,
        Durability::Throwaway => THROWAWAY,
    };
    let pairs = BASE.iter().chain(own).map(|(name, value)| (*name, *value));
    let pairs = pairs.chain(callers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let mut arguments: Vec<OsString> = pairs
        .flat_map(|(name, value)| [OsString::from("-c"), OsString::from(format!("{name}={value}"))])
        .collect();
    // Last, because the platform finds the server by them.
    arguments.extend([
        "-p".into(),
        crate::socket::PORT.to_string().into(),
        "-k".into(),
        socket_dir.into(),
    ]);
    arguments
}
