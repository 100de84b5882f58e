//! The arguments of every command.

mod keys;
mod render;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Severity;
use crate::lint::{Date, Selector};
use crate::model::Version;

pub(super) use keys::{Keys, KeysFormat, Schema};
pub(super) use render::{Place, Render};

/// Lints WSO2 API Manager deployments: every node, and the nodes against each other.
#[derive(Debug, Parser)]
#[command(name = "apimlint", version, propagate_version = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lints nodes, one by one and against each other
    Check(Box<Check>),
    /// Writes the deployment.toml of a newer version for each node, and a report in which every customised setting is accounted for
    Migrate(Box<Migrate>),
    /// Shows the settings that differ between nodes, by meaning
    Diff(Diff),
    /// Renders deployment.toml through the templates of a pack, as the server does when it starts
    Render(Box<Render>),
    /// Tells which key of deployment.toml sets what, and what changed between two versions
    Keys(Keys),
    /// Prints the JSON Schema of deployment.toml, for editors
    Schema(Schema),
    /// Prints the card of a rule: what it finds, why it matters, how to fix it
    Explain {
        /// Code or name of the rule
        rule: String,
    },
    /// Lists all rules: code, name, severity, scope
    Rules {
        /// How to print the list
        #[arg(long, value_enum, default_value_t = ListFormat::Human)]
        format: ListFormat,
    },
    /// Prints the completions of a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 nothing at or above --fail-on, 1 findings at or above it, \
                        2 bad usage or an input that could not be read.")]
pub(super) struct Check {
    /// The nodes, each as [NAME=]PATH: an API-M home, an overlay of its conf folder, a .zip, .tar, .tar.gz or .tgz of either,
    /// a deployment.toml, or - for standard input. Without any, those of apimlint.toml
    #[arg(value_name = "NODE")]
    pub nodes: Vec<OsString>,

    /// How to print on standard output
    #[arg(long, value_enum, default_value_t = Format::Human, env = "APIMLINT_FORMAT", hide_env_values = true)]
    pub format: Format,

    /// Writes the report in a format to a file, too; may be repeated
    #[arg(
        long,
        value_name = "FORMAT=FILE",
        value_parser = parse_output,
        env = "APIMLINT_OUTPUT",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub output: Vec<Output>,

    /// Runs only these rules: codes, beginnings of codes, names, or ALL
    #[arg(
        long,
        value_name = "RULE,...",
        env = "APIMLINT_SELECT",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub select: Option<Vec<Selector>>,

    /// Does not run these rules
    #[arg(
        long,
        value_name = "RULE,...",
        env = "APIMLINT_IGNORE",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub ignore: Vec<Selector>,

    /// Gives a rule another severity: error, warning or info; may be repeated
    #[arg(
        long,
        value_name = "RULE=LEVEL",
        value_parser = parse_severity,
        env = "APIMLINT_SEVERITY",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub severity: Vec<(Selector, Severity)>,

    /// The lowest severity that makes the exit status 1: error, warning or info; default error
    #[arg(long, value_name = "LEVEL", env = "APIMLINT_FAIL_ON", hide_env_values = true)]
    pub fail_on: Option<Severity>,

    /// The product version of all nodes, whatever their files say
    #[arg(
        long,
        value_name = "VERSION",
        value_parser = parse_version,
        env = "APIMLINT_PRODUCT_VERSION",
        hide_env_values = true
    )]
    pub product_version: Option<Version>,

    /// The nginx.conf in front of the nodes, or a folder of virtual hosts
    #[arg(long, value_name = "PATH", env = "APIMLINT_PROXY", hide_env_values = true)]
    pub proxy: Option<PathBuf>,

    /// The hosts file that the nodes use
    #[arg(long, value_name = "PATH", env = "APIMLINT_HOSTS", hide_env_values = true)]
    pub hosts: Option<PathBuf>,

    /// The inventory; without it apimlint.toml is looked for upwards from the working folder
    #[arg(long, value_name = "FILE", env = "APIMLINT_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,

    /// Does not report the findings that this file holds; in place of the one that the inventory names
    #[arg(long, value_name = "FILE", env = "APIMLINT_BASELINE", hide_env_values = true)]
    pub baseline: Option<PathBuf>,

    /// Writes the findings to a baseline, so that the next run reports only new ones
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["baseline", "strict_baseline"],
        env = "APIMLINT_WRITE_BASELINE",
        hide_env_values = true
    )]
    pub write_baseline: Option<PathBuf>,

    /// Fails where a finding of the baseline no longer occurs
    #[arg(
        long,
        env = "APIMLINT_STRICT_BASELINE",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub strict_baseline: bool,

    /// Mends the findings for which that changes nothing else, and reports the others
    #[arg(
        long,
        conflicts_with_all = ["stdin_filename", "write_baseline"],
        env = "APIMLINT_FIX",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub fix: bool,

    /// With --fix: writes nothing, and prints what would change as a diff for patch -p0, with the fixes that change running
    /// behaviour
    #[arg(
        long,
        requires = "fix",
        conflicts_with_all = ["format", "output"],
        env = "APIMLINT_DIFF",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub diff: bool,

    /// What standard input holds, given as the node "-": the path that the file would have
    #[arg(long, value_name = "PATH", env = "APIMLINT_STDIN_FILENAME", hide_env_values = true)]
    pub stdin_filename: Option<PathBuf>,

    /// When to use colours
    #[arg(long, value_enum, default_value_t = Color::Auto, env = "APIMLINT_COLOR", hide_env_values = true)]
    pub color: Color,

    /// Prints findings and nothing else
    #[arg(
        long,
        short,
        conflicts_with = "verbose",
        env = "APIMLINT_QUIET",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub quiet: bool,

    /// Says on standard error what was read
    #[arg(
        long,
        short,
        env = "APIMLINT_VERBOSE",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub verbose: bool,

    /// Counts the findings of each rule
    #[arg(
        long,
        env = "APIMLINT_STATISTICS",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub statistics: bool,

    /// Shows passwords in the lines that are drawn; refused where the output is a file
    #[arg(long)]
    pub show_secrets: bool,

    /// The day that decides whether a suppression has ended, as YYYY-MM-DD
    #[arg(long, value_name = "DATE", env = "APIMLINT_TODAY", hide = true)]
    pub today: Option<Date>,
}

#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 every setting is accounted for, 1 a setting needs a person, \
                        2 bad usage or an input that could not be read.")]
pub(super) struct Migrate {
    /// The nodes, each as [NAME=]PATH: an API-M home, an overlay of its conf folder, a .zip, .tar, .tar.gz or .tgz of either,
    /// or a deployment.toml. Without any, those of apimlint.toml
    #[arg(value_name = "NODE")]
    pub nodes: Vec<OsString>,

    /// The version to migrate to
    #[arg(long, value_name = "VERSION", value_parser = parse_version, env = "APIMLINT_TO", hide_env_values = true)]
    pub to: Version,

    /// An API-M home of that version, by whose templates the result is proved
    #[arg(long, value_name = "HOME", env = "APIMLINT_PACK", hide_env_values = true)]
    pub pack: Option<PathBuf>,

    /// The folder to write to
    #[arg(
        long,
        short,
        value_name = "DIR",
        required_unless_present = "dry_run",
        env = "APIMLINT_OUT",
        hide_env_values = true
    )]
    pub out: Option<PathBuf>,

    /// Writes over files that exist
    #[arg(
        long,
        env = "APIMLINT_FORCE",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub force: bool,

    /// Writes nothing and prints the summary and what would change in each deployment.toml, its secrets masked
    #[arg(
        long,
        env = "APIMLINT_DRY_RUN",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub dry_run: bool,

    /// Leaves comments out of deployment.toml
    #[arg(
        long,
        env = "APIMLINT_MINIMAL",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub minimal: bool,

    /// A deployment.toml of the new version that is edited in place, its layout kept
    #[arg(long, value_name = "FILE", env = "APIMLINT_BASE", hide_env_values = true)]
    pub base: Option<PathBuf>,

    /// Moves credentials to [secrets], to be encrypted with ciphertool
    #[arg(
        long,
        env = "APIMLINT_SPLIT_SECRETS",
        hide_env_values = true,
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub split_secrets: bool,

    /// How to print the summary on standard output
    #[arg(long, value_enum, default_value_t = ListFormat::Human, env = "APIMLINT_FORMAT", hide_env_values = true)]
    pub format: ListFormat,

    /// The product version of all nodes, whatever their files say
    #[arg(
        long,
        value_name = "VERSION",
        value_parser = parse_version,
        env = "APIMLINT_PRODUCT_VERSION",
        hide_env_values = true
    )]
    pub product_version: Option<Version>,

    /// The nginx.conf in front of the nodes, or a folder of virtual hosts
    #[arg(long, value_name = "PATH", env = "APIMLINT_PROXY", hide_env_values = true)]
    pub proxy: Option<PathBuf>,

    /// The hosts file that the nodes use
    #[arg(long, value_name = "PATH", env = "APIMLINT_HOSTS", hide_env_values = true)]
    pub hosts: Option<PathBuf>,

    /// The inventory; without it apimlint.toml is looked for upwards from the working folder
    #[arg(long, value_name = "FILE", env = "APIMLINT_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML
    Junit,
    /// Annotations of GitHub Actions
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// Markdown, for comments on merge requests
    Markdown,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Layout, comments, the order of elements and the spelling of addresses and ports are no difference. What \
                        each node has for itself is shown apart. Only files under repository/conf are compared.\n\n\
                        Exit status: 0 the nodes are alike save for what is each node's own, 1 they differ, 2 bad usage or an \
                        input that could not be read."
)]
pub(super) struct Diff {
    /// The nodes, each as [NAME=]PATH, as for check; of one product and version. Without any, those of apimlint.toml
    #[arg(value_name = "NODE")]
    pub nodes: Vec<OsString>,

    /// How to print on standard output
    #[arg(long, value_enum, default_value_t = DiffFormat::Human, env = "APIMLINT_FORMAT", hide_env_values = true)]
    pub format: DiffFormat,

    /// The product version of all nodes, whatever their files say
    #[arg(
        long,
        value_name = "VERSION",
        value_parser = parse_version,
        env = "APIMLINT_PRODUCT_VERSION",
        hide_env_values = true
    )]
    pub product_version: Option<Version>,

    /// The inventory; without it apimlint.toml is looked for upwards from the working folder
    #[arg(long, value_name = "FILE", env = "APIMLINT_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// Markdown, for comments on merge requests
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Human,
    /// One JSON document
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub format: Format,
    pub file: PathBuf,
}

fn parse_output(text: &str) -> Result<Output, String> {
    let (format, file) = text.split_once('=').ok_or("it must be FORMAT=FILE")?;
    let format = Format::from_str(format, true)
        .map_err(|_| format!("unknown format \"{format}\"; known are {}", known::<Format>()))?;
    if file.is_empty() {
        return Err("the name of the file is missing".to_owned());
    }
    Ok(Output { format, file: PathBuf::from(file) })
}

/// The words of an option.
fn known<T: ValueEnum>() -> String {
    let words = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    words.map(|word| word.get_name().to_owned()).collect::<Vec<_>>().join(", ")
}

fn parse_severity(text: &str) -> Result<(Selector, Severity), String> {
    let (rule, level) = text.split_once('=').ok_or("it must be RULE=LEVEL")?;
    Ok((rule.parse()?, level.parse()?))
}

fn parse_version(text: &str) -> Result<Version, String> {
    Version::parse(text).ok_or_else(|| format!("\"{text}\" is no version such as 2.6.0"))
}
