//! `apimlint migrate`.

use std::fs;
use std::path::Path;

use super::Status;
use super::arguments::{ListFormat, Migrate};
use super::check::request;
use super::output::Files;
use super::terminal;
use crate::catalog::vanilla;
use crate::check::{Loaded, load};
use crate::extract;
use crate::migrate::Target;
use crate::migrate::run::{Migration, migrate};
use crate::migrate::write;
use crate::model::Version;
use crate::report::migrate::{report_html, report_human, report_json, report_markdown};
use crate::syntax::secrets;

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
    check_target(arguments)?;
    let request =
        request("migrate", &arguments.nodes, &arguments.proxy, &arguments.hosts, &arguments.config)?;
    let base = arguments.base.as_deref().map(read_base).transpose()?;
    let extracting = extract::Options { product_version: arguments.product_version, everything: true };
    let loaded = load(&request, &extracting);
    let target = Target { version: arguments.to, home: arguments.pack.clone() };
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
        ListFormat::Human => summary(arguments, &migration),
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

/// A target must be known by its own data, or by a pack.
fn check_target(arguments: &Migrate) -> Result<(), String> {
    let Some(home) = &arguments.pack else {
        let known: Vec<&str> =
            vanilla::packs("wso2am").filter(|pack| pack.is_toml()).map(|pack| pack.version).collect();
        let wanted = arguments.to.to_string();
        return if known.contains(&wanted.as_str()) {
            Ok(())
        } else {
            Err(format!(
                "nothing is known of {wanted} as a target; known are {}; for another give --pack HOME",
                known.join(", ")
            ))
        };
    };
    if arguments.to < Version::new(3, 0, 0) {
        return Err(format!("{} has no deployment.toml", arguments.to));
    }
    if !home.join("repository/resources/conf/templates").is_dir() {
        return Err(format!(
            "{} is no home of an API Manager since 3.0.0: it has no templates",
            home.display()
        ));
    }
    Ok(())
}

fn read_base(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

fn files(migration: &Migration<'_>, loaded: &Loaded, json: &str) -> Result<Files, String> {
    let mut files = Files::default();
    files.add("report.json", json)?;
    files.add("report.md", report_markdown(migration))?;
    files.add("report.html", report_html(migration))?;
    for migrated in &migration.nodes {
        let node = migrated.legacy.node;
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

fn summary(arguments: &Migrate, migration: &Migration<'_>) -> String {
    let folder = arguments.out.as_ref().filter(|_| !arguments.dry_run);
    let mut text = report_human(migration, folder.map(|folder| folder.display().to_string()).as_deref());
    if arguments.dry_run {
        for migrated in &migration.nodes {
            let masked = secrets::mask("deployment.toml", &migrated.deployment);
            text.push_str(&format!("\n--- {}/deployment.toml\n{masked}", migrated.legacy.node.name));
        }
    }
    text
}
