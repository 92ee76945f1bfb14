//! The `ioc` binary.

use std::process::ExitCode;

/// Requests allocate and free on all threads at once; mimalloc is faster at that than the allocator of the C library
/// (decision 0141).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
