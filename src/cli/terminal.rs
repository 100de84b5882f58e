//! Standard output and the terminal behind it.

use std::io::{self, Write as _};
use std::panic::PanicHookInfo;

use super::arguments::Color;

/// Writes to standard output. A reader that went away ends the output quietly; any other failure is said on standard
/// error. True when the text need not be written again.
pub(super) fn print(text: &[u8]) -> bool {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => true,
        Err(error) => {
            note(&format!("error: standard output cannot be written: {error}"));
            false
        }
    }
}

/// Writes a line to standard error.
pub(super) fn note(text: &str) {
    // There is nobody left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Whether to paint on a stream: `--color` wins, then NO_COLOR, then what forces colours, then the terminal.
pub(super) fn paints(color: Color, stream: &impl io::IsTerminal) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_forced =
        |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let is_off = || {
        std::env::var_os("CLICOLOR").is_some_and(|value| value == "0")
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb")
    };
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if is_set("NO_COLOR") => false,
        Color::Auto if is_forced("CLICOLOR_FORCE") || is_forced("FORCE_COLOR") => true,
        Color::Auto => stream.is_terminal() && !is_off(),
    }
}

/// Columns to lay out for on a stream; `None` takes those of the terminal.
pub(super) fn width(stream: &impl io::IsTerminal) -> Option<usize> {
    (!stream.is_terminal()).then_some(100)
}

/// True when standard output goes to a file.
#[cfg(unix)]
pub(super) fn prints_to_file() -> bool {
    use std::os::fd::AsFd as _;
    let output = io::stdout().as_fd().try_clone_to_owned();
    output.is_ok_and(|output| std::fs::File::from(output).metadata().is_ok_and(|data| data.is_file()))
}

/// True when standard output goes to a file.
#[cfg(not(unix))]
pub(super) fn prints_to_file() -> bool {
    use std::io::IsTerminal as _;
    !io::stdout().is_terminal()
}

/// Says where a panic happened and asks for a report. Its message is left out: it may hold what stood in a file.
pub(super) fn report_bug(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
    note(&format!(
        "apimlint {} stopped on a fault of its own at {}.\nPlease report this line and the command: {}/issues",
        env!("CARGO_PKG_VERSION"),
        place.as_deref().unwrap_or("an unknown place"),
        env!("CARGO_PKG_REPOSITORY"),
    ));
}
