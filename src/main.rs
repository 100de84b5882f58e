//! The `apimlint` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    apimlint::cli::run(std::env::args_os())
}
