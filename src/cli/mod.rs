//! The command line: arguments, environment, exit status.

mod arguments;
mod check;
mod describe;
mod diff;
mod fix;
mod keys;
mod migrate;
mod output;
mod render;
mod schema;
mod terminal;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use arguments::{Arguments, Command};

/// How a run ends; the format never changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing at or above `--fail-on`.
    Clean,
    /// Findings at or above it.
    Findings,
    /// Bad usage, or an input that could not be read or parsed.
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Failed => 2,
        })
    }
}

/// The folder that paths of arguments are relative to.
fn working_folder() -> Result<PathBuf, String> {
    std::env::current_dir().map_err(|error| format!("the working folder cannot be told: {error}"))
}

/// Runs the program with its arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(terminal::report_bug));
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let status = if error.use_stderr() { Status::Failed } else { Status::Clean };
            // A closed pipe is no reason to fail: nobody reads what clap has to say.
            let _ = error.print();
            return status.into();
        }
    };
    let status = match arguments.command {
        Command::Check(check) => check::run(&check),
        Command::Migrate(migrate) => migrate::run(&migrate),
        Command::Diff(diff) => diff::run(&diff),
        Command::Render(render) => render::run(&render),
        Command::Keys(keys) => keys::run(&keys),
        Command::Schema(schema) => schema::run(&schema),
        Command::Explain { rule } => describe::explain(&rule),
        Command::Rules { format } => describe::rules(format),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "apimlint", &mut text);
            terminal::print(&text);
            Status::Clean
        }
        Command::Man => describe::manual(Arguments::command()),
    };
    status.into()
}
