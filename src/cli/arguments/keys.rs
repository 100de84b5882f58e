//! The arguments of `keys` and `schema`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::parse_version;
use crate::model::Version;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 found, 1 nothing found, 2 bad usage or a pack that could not be read."
)]
pub(in crate::cli) struct Keys {
    /// An element or attribute of an XML file by the end of its path (APIKeyValidator/ServerURL, //Ports/Offset), an entry of a
    /// properties file, a file (carbon.xml), a key (database.apim_db.url), the start or a part of one, or a value
    #[arg(value_name = "QUERY", required_unless_present_any = ["all", "from"])]
    pub query: Option<String>,

    /// The version whose keys are asked for; the newest known one if left out
    #[arg(long, value_name = "VERSION", value_parser = parse_version, env = "APIMLINT_TO", hide_env_values = true)]
    pub to: Option<Version>,

    /// An API-M home whose keys are asked for
    #[arg(long, value_name = "HOME", conflicts_with = "to", env = "APIMLINT_PACK", hide_env_values = true)]
    pub pack: Option<PathBuf>,

    /// All keys
    #[arg(long, conflicts_with = "query")]
    pub all: bool,

    /// An older version: what came, went, was renamed or changed its default since
    #[arg(long, value_name = "VERSION", value_parser = parse_version, conflicts_with_all = ["query", "all"])]
    pub from: Option<Version>,

    /// How to print the answer
    #[arg(long, value_enum, default_value_t = KeysFormat::Human, env = "APIMLINT_FORMAT", hide_env_values = true)]
    pub format: KeysFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum KeysFormat {
    /// For people
    Human,
    /// One JSON document
    Json,
    /// Markdown
    Markdown,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Schema {
    /// The version; the newest known one if left out
    #[arg(long, value_name = "VERSION", value_parser = parse_version, env = "APIMLINT_TO", hide_env_values = true)]
    pub to: Option<Version>,

    /// An API-M home
    #[arg(long, value_name = "HOME", conflicts_with = "to", env = "APIMLINT_PACK", hide_env_values = true)]
    pub pack: Option<PathBuf>,
}
