//! The machine: its properties, and paths on it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

/// Makes a path absolute, because each program runs in its own folder. An error when the path is empty.
pub fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("{} is no path", path.display()))
}

/// The properties of the machine on which the figures depend most.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{cores} cores of {}; load average at the end {}",
        model.map_or("an unknown model", |(_, model)| model),
        load.split_whitespace().next().unwrap_or("unknown"),
    )
}
