//! `apimlint migrate`.

use std::fs;
use std::path::Path;

use similar::TextDiff;

use super::arguments::{ListFormat, Migrate};
use super::check::request;
use super::output::Files;
use super::terminal;
use super::{Status, working_folder};
use crate::check::{Loaded, load};
use crate::extract;
use crate::migrate::Target;
use crate::migrate::run::{Migrated, Migration, migrate};
use crate::migrate::target::{DEPLOYMENT_TOML, TargetPack};
use crate::migrate::write;
use crate::model::Version;
use crate::report::migrate::{report_html, report_human, report_json, report_markdown};
use crate::syntax::secrets;
use crate::target::embedded;

pub(super) fn run(arguments: &Migrate) -> Status {
    match migrated(arguments) {
        Ok(status) => status,
        Err(reason) => {
            terminal::note(&format!(
                "error: {reason}\n\nFor more information, try 'apimlint migrate --help'."
            ));
            Status::Failed
        }
    }
}

fn migrated(arguments: &Migrate) -> Result<Status, String> {
    let target = target(arguments)?;
    let request =
        request("migrate", &arguments.nodes, &arguments.proxy, &arguments.hosts, &arguments.config)?;
    let base = arguments.base.as_deref().map(read_base).transpose()?;
    let extracting = extract::Options { product_version: arguments.product_version, everything: true };
    let loaded = load(&request, &extracting);
    let options = write::Options {
        minimal: arguments.minimal,
        split_secrets: arguments.split_secrets,
        base: base.as_deref(),
    };
    let migration = migrate(&loaded.deployment, &loaded.trees, &loaded.unread, target, options)
        .map_err(|reason| format!("the file of --base cannot be edited: {reason}"))?;
    let json = report_json(&migration).map_err(|error| format!("the report cannot be made: {error}"))?;
    if let Some(folder) = arguments.out.as_deref().filter(|_| !arguments.dry_run) {
        files(&migration, &loaded, &json)?.write(folder, arguments.force)?;
    }
    let text = match arguments.format {
        ListFormat::Json => json,
        ListFormat::Human => summary(arguments, &migration, &loaded),
    };
    let printed = terminal::print(text.as_bytes());
    Ok(if !printed || !migration.unread.is_empty() {
        Status::Failed
    } else if migration.needs_person() {
        Status::Findings
    } else {
        Status::Clean
    })
}

/// A target must be known by its own model, or by a pack.
fn target(arguments: &Migrate) -> Result<Target, String> {
    let version = arguments.to;
    if version < Version::new(3, 0, 0) {
        return Err(format!("{version} has no deployment.toml"));
    }
    if let Some(home) = &arguments.pack {
        let working_folder = working_folder()?;
        let pack = TargetPack::open(home, version, &working_folder)?;
        return Ok(Target { version, pack: Some(pack) });
    }
    if embedded::of_version(&version.to_string()).is_some() {
        return Ok(Target::embedded(version));
    }
    let known: Vec<&str> = embedded::all().map(|model| model.version).collect();
    Err(format!(
        "nothing is known of {version} as a target; known are {}; for another give --pack HOME",
        known.join(", ")
    ))
}

fn read_base(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The reports, which stand beside the folders of the nodes.
const REPORTS: [&str; 3] = ["report.json", "report.md", "report.html"];

fn files(migration: &Migration<'_>, loaded: &Loaded, json: &str) -> Result<Files, String> {
    let mut files = Files::default();
    let texts = [json.to_owned(), report_markdown(migration), report_html(migration)];
    REPORTS.into_iter().zip(texts).try_for_each(|(name, text)| files.add(name, text))?;
    for migrated in &migration.nodes {
        let node = migrated.legacy.node;
        if REPORTS.contains(&node.name.as_str()) {
            return Err(format!(
                "a report has the name of the node {0}: name it otherwise, NAME={0}",
                node.name
            ));
        }
        files.add(format!("{}/deployment.toml", node.name), migrated.deployment.as_str())?;
        let Some(tree) = loaded.trees.get(node.index) else { continue };
        for path in &migrated.carried {
            if let Some(content) = tree.read(path)? {
                files.add(format!("{}/carry/{path}", node.name), content)?;
            }
        }
    }
    Ok(files)
}

fn summary(arguments: &Migrate, migration: &Migration<'_>, loaded: &Loaded) -> String {
    let folder = arguments.out.as_ref().filter(|_| !arguments.dry_run);
    let mut text = report_human(migration, folder.map(|folder| folder.display().to_string()).as_deref());
    if arguments.dry_run {
        for migrated in &migration.nodes {
            text.push('\n');
            text.push_str(&change(arguments, migrated, loaded));
        }
    }
    text
}

/// What would change: against the file that is there already, else against the deployment.toml of the node, else against
/// nothing.
fn change(arguments: &Migrate, migrated: &Migrated<'_>, loaded: &Loaded) -> String {
    let node = migrated.legacy.node;
    let name = format!("{}/deployment.toml", node.name);
    let present = arguments.out.as_ref().and_then(|folder| fs::read_to_string(folder.join(&name)).ok());
    let old = || {
        let bytes = loaded.trees.get(node.index)?.read(DEPLOYMENT_TOML).ok()??;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let old = present.or_else(old).unwrap_or_default();
    let masked = |text: &str| secrets::mask("deployment.toml", text);
    let (old, new) = (masked(&old), masked(&migrated.deployment));
    let diff = TextDiff::from_lines(old.as_str(), new.as_str());
    diff.unified_diff().header(&name, &name).to_string()
}
