//! The server's settings: little memory for a small machine, and what the platform depends on.
//!
//! They are passed as arguments and not written to `postgresql.conf`. So a cluster that an older release created gets
//! the same settings, and an edited file cannot make the server listen outside its private socket.

use std::{ffi::OsString, path::Path};

/// What may be lost when the machine crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// No acknowledged transaction is lost.
    Durable,
    /// The whole cluster may be lost, and a crash of the server may lose the last transactions. For tests, which run
    /// faster with it.
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
    // A replication slot whose consumer has disappeared must not fill the disk.
    ("max_slot_wal_keep_size", "4GB"),
    // JIT compilation costs more than it saves for the short statements of a dashboard.
    ("jit", "off"),
    ("random_page_cost", "1.1"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    // The supervisor reads standard error and limits the size of the log file itself.
    ("logging_collector", "off"),
    ("log_line_prefix", "%m [%p] %q%u@%d %a "),
];

/// The server's arguments after `-D DIR`: the built-in settings, then the caller's. The last value of a setting wins.
pub(crate) fn arguments(durability: Durability, callers: &[(String, String)], socket_dir: &Path) -> Vec<OsString> {
    let (buffers, sync) = match durability {
        Durability::Durable => ("256MB", "on"),
        Durability::Throwaway => ("128MB", "off"),
    };
    let own = [("shared_buffers", buffers), ("fsync", sync), ("full_page_writes", sync), ("synchronous_commit", sync)];
    let callers = callers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let pairs = BASE.iter().copied().chain(own).chain(callers);
    let mut arguments: Vec<OsString> =
        pairs.flat_map(|(name, value)| ["-c".into(), format!("{name}={value}").into()]).collect();
    // These are last, because the platform needs them to find the server.
    arguments.extend(["-p".into(), crate::socket::PORT.to_string().into(), "-k".into(), socket_dir.into()]);
    arguments
}
