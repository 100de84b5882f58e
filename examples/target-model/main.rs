//! Writes the target model of a pack in the format of `rules/models`.
//!
//! `cargo run --example target-model -- HOME [MODEL...]`: sections that one of the other models has too, named by their
//! files, are not written again.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use apimlint::catalog::lines::sections;
use apimlint::render::jinja::{self, Dialect};
use apimlint::render::phases::{RuleTexts, Rules};
use apimlint::target::model::Model;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let home = arguments.next().ok_or("give the home of a pack")?;
    let resources = home.join("repository/resources/conf");
    let others: Vec<(String, String)> = arguments
        .map(|path| {
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let version = name.rsplit_once('-').map_or(name.clone(), |(_, version)| version.to_owned());
            Ok::<_, Box<dyn Error>>((version, fs::read_to_string(path)?))
        })
        .collect::<Result<_, _>>()?;
    let read = |name: &str| fs::read_to_string(resources.join(name));
    let rules = Rules::parse(&RuleTexts {
        default: &read("default.json")?,
        infer: &read("infer.json")?,
        key_mappings: &read("key-mappings.json")?,
        unit_resolve: &read("unit-resolve.json")?,
        validator: &read("validator.json")?,
    })
    .map_err(|faults| format!("{faults:?}"))?;
    let mut templates = BTreeMap::new();
    collect(&resources.join("templates"), "", &mut templates)?;
    let templates = templates.iter().map(|(path, template)| (path.as_str(), template));
    let (mut model, unfollowed) = Model::of(rules, templates);
    model.static_files = static_files(&home, &model)?;
    for template in unfollowed {
        eprintln!("{}: {}", template.path, template.reason);
    }
    let same = |name: &str, body: &str| {
        let has = |text: &str| {
            let mut sections = sections(text).filter(|section| section.as_in.is_none());
            sections.any(|section| section.name == name && section.body == body)
        };
        others.iter().find(|(_, text)| has(text)).map(|(version, _)| version.clone())
    };
    print!("{}", model.write(same));
    Ok(())
}

/// The files of `repository/conf` that no template makes.
fn static_files(home: &Path, model: &Model) -> Result<Vec<String>, Box<dyn Error>> {
    let mut files = Vec::new();
    list(&home.join("repository/conf"), "repository/conf", &mut files)?;
    files.retain(|path| model.file(path).is_none() && path != "repository/conf/deployment.toml");
    files.sort();
    Ok(files)
}

fn list(folder: &Path, path: &str, files: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let inner = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &inner, files)?;
        } else {
            files.push(inner);
        }
    }
    Ok(())
}

fn collect(
    folder: &Path,
    path: &str,
    templates: &mut BTreeMap<String, jinja::Template>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let inner = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        if entry.path().is_dir() {
            collect(&entry.path(), &inner, templates)?;
        } else if let Some(output) = inner.strip_suffix(".j2") {
            let text = String::from_utf8_lossy(&fs::read(entry.path())?).into_owned();
            templates.insert(output.to_owned(), jinja::parse(&jinja::lines_of_file(&text), Dialect::V2_7_2));
        }
    }
    Ok(())
}
