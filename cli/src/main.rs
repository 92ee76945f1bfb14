//! The `ioc` binary.

use std::process::ExitCode;

/// Requests allocate and free on all threads at once, which the C library's allocator handles more dearly (decision 0141).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
