//! The `ioc` binary.

use std::process::ExitCode;

/// Requests allocate and free on all threads at once; mimalloc is faster at that than the allocator of the C library
/// (decision 0141).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Workbooks are read in a process of their own, which limits itself before anything else starts.
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(cli::READ_WORKBOOK) {
        return tabular::read_xlsx_child(&arguments.collect::<Vec<_>>());
    }
    cli::run()
}
