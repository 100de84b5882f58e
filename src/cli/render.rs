//! `apimlint render`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use globset::GlobSetBuilder;

use super::arguments::{ListFormat, Place, Render};
use super::output::Files;
use super::terminal;
use super::{Status, working_folder};
use crate::diagnostic::{Diagnostic, Unread};
use crate::input::{InputError, refusal};
use crate::render::changes::{Change, against_folder, between};
use crate::render::phases::Environment;
use crate::render::{DeploymentToml, Pack, RenderedFile, Rendering, explain, render};
use crate::report::human::{self, Appearance};
use crate::report::{Results, changes, counted, explanation, json};
use crate::source::Sources;

pub(super) fn run(arguments: &Render) -> Status {
    match Run::start(arguments).and_then(|run| run.finish()) {
        Ok(status) => status,
        Err(Failure::Usage(reason)) => {
            terminal::note(&format!("error: {reason}"));
            Status::Failed
        }
        Err(Failure::Faults { diagnostics, sources, unread }) => {
            report_faults(arguments, &diagnostics, &sources, &unread);
            Status::Failed
        }
    }
}

/// Why nothing was rendered.
enum Failure {
    Usage(String),
    Faults { diagnostics: Vec<Diagnostic>, sources: Sources, unread: Vec<Unread> },
}

impl From<Vec<Unread>> for Failure {
    fn from(unread: Vec<Unread>) -> Self {
        Self::Faults { diagnostics: Vec::new(), sources: Sources::default(), unread }
    }
}

impl From<crate::render::Refusal> for Failure {
    fn from(refusal: crate::render::Refusal) -> Self {
        Self::Faults { diagnostics: refusal.diagnostics, sources: refusal.sources, unread: Vec::new() }
    }
}

/// Everything that a run needs, read.
struct Run<'a> {
    arguments: &'a Render,
    pack: Pack,
    toml: DeploymentToml,
    environment: Environment,
}

impl<'a> Run<'a> {
    fn start(arguments: &'a Render) -> Result<Self, Failure> {
        if arguments.show_secrets && terminal::prints_to_file() {
            return Err(Failure::Usage(
                "--show-secrets cannot be used where the output is a file".to_owned(),
            ));
        }
        let environment = environment(arguments)?;
        let working_folder = working_folder().map_err(Failure::Usage)?;
        let mut pack = Pack::open(&arguments.pack, &working_folder)?;
        keep_wanted(&mut pack, arguments)?;
        let toml = match &arguments.toml {
            Some(path) => read_toml(path)?,
            None => pack.deployment_toml.clone().ok_or_else(|| {
                Failure::Usage(format!(
                    "{} has no deployment.toml of its own: name one with --toml FILE",
                    pack.name
                ))
            })?,
        };
        Ok(Self { arguments, pack, toml, environment })
    }

    fn finish(&self) -> Result<Status, Failure> {
        let rendering = self.render_all(&self.toml)?;
        if let Some(place) = &self.arguments.explain {
            self.explain(&rendering, place)
        } else if let Some(folder) = &self.arguments.diff {
            let show_secrets = self.arguments.show_secrets;
            self.print_changes(&against_folder(folder, &rendering, show_secrets).map_err(Failure::from)?)
        } else if let Some(other) = &self.arguments.diff_toml {
            let other = read_toml(other)?;
            let other = self.render_all(&other)?;
            self.print_changes(&between(&rendering, &other, self.arguments.show_secrets))
        } else if let Some(folder) = &self.arguments.output_dir {
            self.write(folder, &rendering)
        } else {
            Err(Failure::Usage("one of -o, --explain, --diff and --diff-toml is needed".to_owned()))
        }
    }

    /// All files or none: whoever takes them for what the server writes must not miss one.
    fn render_all<'r>(&'r self, toml: &'r DeploymentToml) -> Result<Rendering<'r>, Failure> {
        let mut rendering = render(&self.pack, toml, &self.environment)?;
        match rendering.unsupported.take() {
            Some(refusal) => Err(refusal.into()),
            None => Ok(rendering),
        }
    }

    fn write(&self, folder: &Path, rendering: &Rendering<'_>) -> Result<Status, Failure> {
        let mut files = Files::default();
        for file in &rendering.files {
            files.add(&file.path, file.text()).map_err(Failure::Usage)?;
        }
        files.write(folder, true).map_err(Failure::Usage)?;
        if !self.arguments.quiet {
            let files = counted(rendering.files.len(), "file", "files");
            terminal::note(&format!("{files} rendered into {}", folder.display()));
        }
        if self.arguments.format == ListFormat::Json {
            return print(json::report_json(&results(&[], &Sources::default(), &[])).map_err(unprintable)?);
        }
        Ok(Status::Clean)
    }

    fn explain(&self, rendering: &Rendering<'_>, place: &Place) -> Result<Status, Failure> {
        let file = find(rendering, &place.file).map_err(Failure::Usage)?;
        let explained =
            explain(rendering, file, place.line, self.arguments.show_secrets).ok_or_else(|| {
                let lines = counted(file.text().lines().count(), "line", "lines");
                Failure::Usage(format!("{} has only {lines}", file.path))
            })?;
        match self.arguments.format {
            ListFormat::Human => print(explanation::report_human(&explained)),
            ListFormat::Json => print(explanation::report_json(&explained).map_err(unprintable)?),
        }
    }

    fn print_changes(&self, changes: &[Change]) -> Result<Status, Failure> {
        let printed = match self.arguments.format {
            ListFormat::Human => {
                print(changes.iter().flat_map(|change| &change.diff).copied().collect::<Vec<u8>>())
            }
            ListFormat::Json => print(changes::report_json(changes).map_err(unprintable)?),
        }?;
        Ok(if changes.is_empty() { printed } else { Status::Findings })
    }
}

fn print(text: impl AsRef<[u8]>) -> Result<Status, Failure> {
    if terminal::print(text.as_ref()) {
        Ok(Status::Clean)
    } else {
        Err(Failure::Usage("the report is not complete".to_owned()))
    }
}

fn unprintable(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(format!("the report cannot be made: {error}"))
}

/// `--env` before `--env-file` before the environment of this process.
fn environment(arguments: &Render) -> Result<Environment, Failure> {
    let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let mut variables: BTreeMap<String, String> = std::env::vars_os().filter_map(utf8).collect();
    for path in &arguments.env_file {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        for (number, line) in (1..).zip(text.lines()) {
            match variable(line) {
                Ok(variable) => variables.extend(variable),
                Err(reason) => {
                    return Err(Failure::Usage(format!("{}:{number}: {reason}", path.display())));
                }
            }
        }
    }
    variables.extend(arguments.env.iter().cloned());
    Ok(Environment {
        variables,
        properties: arguments.sys.iter().cloned().collect(),
        keep_unresolved: arguments.keep_unresolved,
    })
}

/// A line of an env file as docker reads it: everything behind `=` is the value, a name alone stands for the
/// variable of this process, which is known already.
fn variable(line: &str) -> Result<Option<(String, String)>, &'static str> {
    let line = line.trim_start();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    match line.split_once('=') {
        Some(("", _)) => Err("the name before the \"=\" is missing"),
        Some((name, _)) if name.contains(char::is_whitespace) => Err("a name has no blanks"),
        Some((name, value)) => Ok(Some((name.to_owned(), value.to_owned()))),
        None => Ok(None),
    }
}

fn read_toml(path: &Path) -> Result<DeploymentToml, Failure> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    Ok(DeploymentToml::decode(path.display().to_string(), &bytes))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display().to_string();
    let error = match error.kind() {
        std::io::ErrorKind::NotFound => InputError::Missing { path },
        _ => InputError::Unreadable { path, reason: refusal(error) },
    };
    Failure::from(vec![error.unread(None)])
}

/// Takes the templates away that `--only` does not name.
fn keep_wanted(pack: &mut Pack, arguments: &Render) -> Result<(), Failure> {
    if arguments.only.is_empty() {
        return Ok(());
    }
    let mut globs = GlobSetBuilder::new();
    arguments.only.iter().for_each(|glob| {
        globs.add(glob.clone());
    });
    let globs = globs.build().map_err(|error| Failure::Usage(error.to_string()))?;
    let all = pack.templates.len();
    let name = |path: &str| path.rsplit('/').next().is_some_and(|name| globs.is_match(name));
    pack.templates.retain(|template| globs.is_match(&template.output) || name(&template.output));
    if pack.templates.is_empty() {
        return Err(Failure::Usage(format!("--only matches none of the {all} files of {}", pack.name)));
    }
    Ok(())
}

/// The rendered file of this path, or the only one whose path ends like this.
fn find<'r>(rendering: &'r Rendering<'_>, path: &str) -> Result<&'r RenderedFile, String> {
    if let Some(file) = rendering.file(path) {
        return Ok(file);
    }
    let end = format!("/{path}");
    let found: Vec<_> = rendering.files.iter().filter(|file| file.path.ends_with(&end)).collect();
    match found.as_slice() {
        [file] => Ok(file),
        [] => Err(format!("{} renders no {path}", rendering.pack.name)),
        several => {
            let paths: Vec<&str> = several.iter().map(|file| file.path.as_str()).collect();
            Err(format!("several rendered files are called {path}: {}", paths.join(", ")))
        }
    }
}

fn results<'r>(diagnostics: &'r [Diagnostic], sources: &'r Sources, unread: &'r [Unread]) -> Results<'r> {
    Results { nodes: &[], sources, diagnostics, silenced: &[], rules: &[], unread }
}

/// For people on standard error, since standard output is for what was asked for; as JSON on standard output.
fn report_faults(arguments: &Render, diagnostics: &[Diagnostic], sources: &Sources, unread: &[Unread]) {
    let results = results(diagnostics, sources, unread);
    let appearance = Appearance {
        color: terminal::paints(arguments.color, &std::io::stderr()),
        width: terminal::width(&std::io::stderr()),
        show_secrets: arguments.show_secrets,
        summary: false,
        statistics: false,
    };
    let printed = match arguments.format {
        ListFormat::Human => human::report_human(&results, appearance)
            .map(|text| terminal::note(text.trim_end()))
            .map_err(|error| error.to_string()),
        ListFormat::Json => json::report_json(&results)
            .map(|text| {
                terminal::print(text.as_bytes());
            })
            .map_err(|error| error.to_string()),
    };
    if let Err(error) = printed {
        terminal::note(&format!("error: the report cannot be made: {error}"));
    }
}
