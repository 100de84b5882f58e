//! The arguments of `apimlint render`.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgGroup, Args};
use globset::Glob;

use super::{Color, ListFormat};

#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("purpose").required(true),
    after_help = "Exit status: 0 rendered (with --diff and --diff-toml: nothing differs), 1 something differs, \
                  2 bad usage, or the server would not start with this deployment.toml."
)]
pub(in crate::cli) struct Render {
    /// The pack whose templates are rendered: a home of 3.x or 4.x, a .zip, .tar, .tar.gz or .tgz of one, or
    /// a folder that directly holds templates and default.json
    #[arg(long, value_name = "HOME", env = "APIMLINT_PACK", hide_env_values = true)]
    pub pack: PathBuf,

    /// The deployment.toml; by default the pack's own
    #[arg(long, value_name = "FILE", env = "APIMLINT_TOML", hide_env_values = true)]
    pub toml: Option<PathBuf>,

    /// Writes the files below this folder, as the server writes them below its home; files of these names are
    /// replaced, nothing else is touched
    #[arg(
        long,
        short,
        value_name = "DIR",
        env = "APIMLINT_OUTPUT_DIR",
        hide_env_values = true,
        group = "purpose"
    )]
    pub output_dir: Option<PathBuf>,

    /// Says which key, default or inference made a line, or every line, of a rendered file
    #[arg(
        long,
        value_name = "FILE[:LINE]",
        env = "APIMLINT_EXPLAIN",
        hide_env_values = true,
        group = "purpose",
        value_parser = parse_place
    )]
    pub explain: Option<Place>,

    /// Shows as a unified diff what the server would change in a home or in its repository/conf
    #[arg(long, value_name = "DIR", env = "APIMLINT_DIFF", hide_env_values = true, group = "purpose")]
    pub diff: Option<PathBuf>,

    /// Shows as a unified diff how the files would change with this other deployment.toml
    #[arg(long, value_name = "FILE", env = "APIMLINT_DIFF_TOML", hide_env_values = true, group = "purpose")]
    pub diff_toml: Option<PathBuf>,

    /// Renders only the files whose path or name matches; may be repeated
    #[arg(long, value_name = "GLOB", env = "APIMLINT_ONLY", hide_env_values = true)]
    pub only: Vec<Glob>,

    /// A variable for $env{NAME}; wins over --env-file and over the environment; may be repeated
    #[arg(
        long,
        value_name = "NAME=VALUE",
        env = "APIMLINT_ENV",
        hide_env_values = true,
        value_parser = parse_assignment
    )]
    pub env: Vec<(String, String)>,

    /// A file with a NAME=VALUE a line, as docker takes them; wins over the environment; may be repeated
    #[arg(long, value_name = "FILE", env = "APIMLINT_ENV_FILE", hide_env_values = true)]
    pub env_file: Vec<PathBuf>,

    /// A Java system property for $sys{NAME}; may be repeated
    #[arg(
        long,
        value_name = "NAME=VALUE",
        env = "APIMLINT_SYS",
        hide_env_values = true,
        value_parser = parse_assignment
    )]
    pub sys: Vec<(String, String)>,

    /// Leaves $env{} and $sys{} of unknown names as they are written
    #[arg(long, env = "APIMLINT_KEEP_UNRESOLVED", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub keep_unresolved: bool,

    /// How to print what is wrong, --explain and the diffs
    #[arg(long, value_enum, default_value_t = ListFormat::Human, env = "APIMLINT_FORMAT", hide_env_values = true)]
    pub format: ListFormat,

    /// When to use colours
    #[arg(long, value_enum, default_value_t = Color::Auto, env = "APIMLINT_COLOR", hide_env_values = true)]
    pub color: Color,

    /// Does not say how many files were written
    #[arg(long, short, env = "APIMLINT_QUIET", hide_env_values = true, value_parser = FalseyValueParser::new())]
    pub quiet: bool,

    /// Shows passwords in --explain, the diffs and the lines that are drawn; refused where the output is a file
    #[arg(long)]
    pub show_secrets: bool,
}

/// A rendered file, and perhaps a line of it, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Place {
    pub file: String,
    pub line: Option<u32>,
}

fn parse_place(text: &str) -> Result<Place, String> {
    let (file, line) = match text.rsplit_once(':') {
        Some((file, line)) => match line.parse() {
            Ok(0) => return Err("lines count from 1".to_owned()),
            Ok(line) => (file, Some(line)),
            Err(_) => (text, None),
        },
        None => (text, None),
    };
    if file.is_empty() {
        return Err("the name of the file is missing".to_owned());
    }
    Ok(Place { file: file.replace('\\', "/"), line })
}

fn parse_assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some(("", _)) | None => Err("it must be NAME=VALUE".to_owned()),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
    }
}
