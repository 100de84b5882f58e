//! `apimlint check`.

use std::ffi::OsString;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::arguments::{Check, Format};
use super::fix;
use super::terminal;
use super::{Status, working_folder};
use crate::check::{Options, Outcome, check};
use crate::diagnostic::Severity;
use crate::input::{
    Baseline, BaselineRequest, MOST_FILE_BYTES, NodeArgument, Request, STDIN, Stdin, inventory,
};
use crate::lint::{Date, Layer};
use crate::report::human::{self, Appearance};
use crate::report::{counted, github, gitlab, json, junit, markdown, sarif};

pub(super) fn run(arguments: &Check) -> Status {
    let options = match options(arguments) {
        Ok(options) => options,
        Err(reason) => {
            terminal::note(&format!("error: {reason}\n\nFor more information, try 'apimlint check --help'."));
            return Status::Failed;
        }
    };
    match checked(arguments, &options) {
        Ok(outcome) => status(arguments, &outcome),
        Err(reason) => {
            terminal::note(&format!("error: {reason}"));
            Status::Failed
        }
    }
}

/// Lints, mends where that is asked for, and reports.
fn checked(arguments: &Check, options: &Options) -> Result<Outcome, String> {
    let outcome = if arguments.fix && !arguments.diff { fix::mended(options)? } else { check(options) };
    let house = &outcome.deployment.inventory.rules;
    if let Some(fault) = options.layer.selectors().find_map(|selector| selector.fault(house)) {
        return Err(fault);
    }
    if arguments.verbose {
        outcome.deployment.nodes.iter().for_each(|node| terminal::note(&told(node)));
    }
    if arguments.diff {
        let diff = fix::diff(options, &outcome, arguments.show_secrets)?;
        if !terminal::print(&diff) {
            return Err("the diff is not complete".to_owned());
        }
        if !arguments.quiet {
            terminal::note(&human::summary(&outcome.results()));
        }
    } else {
        report(arguments, &outcome)?;
    }
    keep_baseline(arguments, &outcome)?;
    Ok(outcome)
}

fn options(arguments: &Check) -> Result<Options, String> {
    if arguments.show_secrets && (!arguments.output.is_empty() || terminal::prints_to_file()) {
        return Err("--show-secrets cannot be used where the output is a file".to_owned());
    }
    let mut files: Vec<&Path> = arguments.output.iter().map(|output| output.file.as_path()).collect();
    files.sort();
    if let Some(file) =
        files.windows(2).find_map(|pair| pair.first().filter(|file| pair.last() == Some(file)))
    {
        return Err(format!("--output names {} twice", file.display()));
    }
    let mut request =
        request("check", &arguments.nodes, &arguments.proxy, &arguments.hosts, &arguments.config)?;
    request.baseline = match (&arguments.write_baseline, &arguments.baseline) {
        (Some(_), _) => BaselineRequest::Off,
        (None, Some(file)) => BaselineRequest::File(file.clone()),
        (None, None) => BaselineRequest::Inventory,
    };
    request.stdin = stdin(arguments, &request.nodes)?;
    let layer = Layer {
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
        severities: arguments.severity.clone(),
        within: None,
    };
    let today = arguments.today.unwrap_or_else(Date::today);
    Ok(Options { request, product_version: arguments.product_version, layer, today })
}

/// The inputs that a command names, without any baseline.
pub(super) fn request(
    command: &str,
    nodes: &[OsString],
    proxy: &Option<PathBuf>,
    hosts: &Option<PathBuf>,
    config: &Option<PathBuf>,
) -> Result<Request, String> {
    let working_folder = working_folder()?;
    if nodes.is_empty() && config.is_none() && inventory::discover(&working_folder).is_none() {
        return Err(format!(
            "no nodes: name them as arguments (apimlint {command} NODE...), or in an apimlint.toml in this folder \
             or above it (or --config FILE)"
        ));
    }
    let nodes: Result<Vec<NodeArgument>, String> =
        nodes.iter().map(|node| NodeArgument::read(node)).collect();
    Ok(Request {
        nodes: nodes?,
        proxy: proxy.clone(),
        hosts: hosts.clone(),
        config: config.clone(),
        baseline: BaselineRequest::Off,
        stdin: None,
        working_folder,
    })
}

/// Reads standard input where a node is `-`.
fn stdin(arguments: &Check, nodes: &[NodeArgument]) -> Result<Option<Stdin>, String> {
    let wanted = nodes.iter().filter(|node| node.path == Path::new(STDIN)).count();
    let path = match (&arguments.stdin_filename, wanted) {
        (None, 0) => return Ok(None),
        (Some(path), 1) => path.clone(),
        (None, _) => {
            return Err("the node \"-\" needs --stdin-filename PATH, which says what it is".to_owned());
        }
        (Some(_), 0) => return Err("--stdin-filename needs the node \"-\"".to_owned()),
        (Some(_), _) => return Err("standard input can be one node only".to_owned()),
    };
    let mut bytes = Vec::new();
    // A byte more than is taken tells a file that is too large.
    let read = std::io::stdin().lock().take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("standard input cannot be read: {error}"))?;
    Ok(Some(Stdin { path, bytes }))
}

/// Writes the baseline that is asked for, or says which entries of the present one are stale.
fn keep_baseline(arguments: &Check, outcome: &Outcome) -> Result<(), String> {
    if let Some(file) = &arguments.write_baseline {
        if !outcome.unread.is_empty() {
            return Err(format!("{} is not written: not everything could be read", file.display()));
        }
        let known = outcome.known();
        let count = known.len();
        let text = Baseline::write(known).map_err(|error| format!("the baseline cannot be made: {error}"))?;
        write(file, &text)?;
        if !arguments.quiet {
            terminal::note(&format!(
                "{} written to {}",
                counted(count, "finding", "findings"),
                file.display()
            ));
        }
        return Ok(());
    }
    if outcome.stale.is_empty() || arguments.quiet && !arguments.strict_baseline {
        return Ok(());
    }
    terminal::note(&format!(
        "{baseline} holds {}; --write-baseline {baseline} renews it",
        counted(outcome.stale.len(), "finding that no longer occurs", "findings that no longer occur"),
        baseline = outcome.baseline,
    ));
    for entry in &outcome.stale {
        let node = entry.node.as_ref().map(|node| format!("{node}: ")).unwrap_or_default();
        terminal::note(&format!("  {} {node}{} {}", entry.code, entry.file, entry.message));
    }
    Ok(())
}

fn report(arguments: &Check, outcome: &Outcome) -> Result<(), String> {
    let appearance = Appearance {
        color: terminal::paints(arguments.color, &std::io::stdout()),
        width: terminal::width(&std::io::stdout()),
        show_secrets: arguments.show_secrets,
        summary: !arguments.quiet,
        statistics: arguments.statistics,
    };
    let text = rendered(arguments.format, outcome, appearance)?;
    if !terminal::print(text.as_bytes()) {
        return Err("the report is not complete".to_owned());
    }
    if arguments.statistics && arguments.format != Format::Human {
        terminal::note(human::statistics(&outcome.diagnostics).trim_end());
    }
    if arguments.format == Format::Github {
        append_step_summary(outcome)?;
    }
    for output in &arguments.output {
        let appearance = Appearance { color: false, width: Some(100), show_secrets: false, ..appearance };
        let text = rendered(output.format, outcome, appearance)?;
        write(&output.file, &text)?;
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{} cannot be written: {error}", file.display()))
}

/// GitHub Actions shows on the run's page what is appended to the file of this name.
fn append_step_summary(outcome: &Outcome) -> Result<(), String> {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let text = markdown::report_markdown(&outcome.results());
    let mut options = fs::OpenOptions::new();
    let appended =
        options.append(true).create(true).open(&file).and_then(|mut file| file.write_all(text.as_bytes()));
    appended.map_err(|error| format!("GITHUB_STEP_SUMMARY cannot be written: {error}"))
}

fn rendered(format: Format, outcome: &Outcome, appearance: Appearance) -> Result<String, String> {
    let failed = |error: &dyn std::fmt::Display| format!("the report cannot be made: {error}");
    let results = outcome.results();
    match format {
        Format::Human => human::report_human(&results, appearance).map_err(|error| failed(&error)),
        Format::Json => json::report_json(&results).map_err(|error| failed(&error)),
        Format::Sarif => sarif::report_sarif(&results).map_err(|error| failed(&error)),
        Format::Gitlab => gitlab::report_gitlab(&results).map_err(|error| failed(&error)),
        Format::Junit => Ok(junit::report_junit(&results)),
        Format::Github => Ok(github::report_github(&results)),
        Format::Markdown => Ok(markdown::report_markdown(&results)),
    }
}

fn status(arguments: &Check, outcome: &Outcome) -> Status {
    let fail_on = arguments.fail_on.or(outcome.deployment.inventory.fail_on).unwrap_or(Severity::Error);
    if !outcome.unread.is_empty() {
        Status::Failed
    } else if arguments.strict_baseline && !outcome.stale.is_empty() {
        Status::Findings
    } else if arguments.write_baseline.is_some() {
        Status::Clean
    } else if outcome.worst().is_some_and(|worst| worst >= fail_on) {
        Status::Findings
    } else {
        Status::Clean
    }
}

/// One line about what was made of a node.
fn told(node: &crate::model::Node) -> String {
    let version = node.version.map_or("unknown version".to_owned(), |version| version.to_string());
    let roles: Vec<&str> = node.roles.iter().map(|role| role.as_str()).collect();
    format!(
        "{}: {} {version} ({}), {} ({}), {} files read",
        node.name,
        node.product.as_str(),
        json::version_evidence(node).unwrap_or("not told"),
        roles.join(" "),
        json::role_evidence(node),
        node.documents.len()
    )
}
