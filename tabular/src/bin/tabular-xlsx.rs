//! The child process that reads an XLSX, as a program of its own: for tests of this crate. The platform's binary has it as
//! a hidden subcommand.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    tabular::read_xlsx_child(&arguments)
}
