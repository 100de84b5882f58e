//! Checks the target model of a pack against what its templates render.
//!
//! `cargo run --release --example target-check -- HOME...`
//!
//! First, every setting of every file that the pack's own deployment.toml renders must come out of the model with the same
//! value, and be literal or filled by keys that the model names. Then each key that fills a place alone is set to a
//! marker: it must show at exactly the paths of the model. Exit status 1 where something differs.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use apimlint::render::jinja::{Source, Template};
use apimlint::render::phases::{Configuration, Environment, configure};
use apimlint::render::{Pack, value::Value};
use apimlint::source::FileId;
use apimlint::syntax::server_toml;
use apimlint::syntax::settings::{Form, Setting};
use apimlint::target::evaluate::template;
use apimlint::target::model::Model;
use apimlint::target::pattern::{self, Step};
use apimlint::target::place::places;
use apimlint::target::tree::Node;

const FILE: FileId = FileId { owner: 0, index: 0 };
const MARKER: &str = "apimlint-marker";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut sound = true;
    for home in std::env::args_os().skip(1) {
        sound &= check(Path::new(&home))?;
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(home: &Path) -> Result<bool, Box<dyn Error>> {
    let pack = Pack::open(home, &std::env::current_dir()?).map_err(|unread| format!("{unread:?}"))?;
    let (model, unfollowed) = Model::of_pack(&pack);
    for template in &unfollowed {
        println!("{}: {}", template.path, template.reason);
    }
    let toml = pack.deployment_toml.as_ref().ok_or("the pack has no deployment.toml")?;
    let checker = Checker::new(&pack, &model);
    let own = checker.configure(&toml.text)?;
    let leaves = checker.leaves(&own);
    let keys = checker.keys(&toml.text)?;
    Ok(unfollowed.is_empty() && leaves && keys)
}

struct Checker<'a> {
    pack: &'a Pack,
    model: &'a Model,
    /// The templates of the pack and the ones that the model stands for, by path.
    templates: BTreeMap<&'a str, (&'a Template, Template)>,
}

/// The settings of a file, by path.
type Settings = BTreeMap<String, String>;

impl<'a> Checker<'a> {
    fn new(pack: &'a Pack, model: &'a Model) -> Self {
        let both = |file: &'a apimlint::target::tree::FileModel| {
            let own = &pack.template(&file.path)?.template;
            Some((file.path.as_str(), (own, template(&file.nodes, pack.dialect))))
        };
        Self { pack, model, templates: model.files.iter().filter_map(both).collect() }
    }

    fn configure(&self, toml: &str) -> Result<Configuration, Box<dyn Error>> {
        let document = server_toml::parse(FILE, toml).map_err(|faults| format!("{faults:?}"))?;
        let environment = Environment { keep_unresolved: true, ..Environment::default() };
        Ok(configure(&document, &self.pack.rules, &environment, self.pack.mapper)
            .map_err(|faults| format!("{faults:?}"))?)
    }

    /// Every setting of the rendered files against the model's.
    fn leaves(&self, configuration: &Configuration) -> bool {
        let (mut explained, mut literal, mut missing) = (0_usize, 0_usize, Vec::new());
        for (path, (own, modelled)) in &self.templates {
            let form = Form::of(path);
            if form == Form::Text {
                continue;
            }
            let rendered = settings(form, &own.render(&configuration.context).text);
            let evaluated = modelled.render(&configuration.context);
            let by_path: BTreeMap<String, Setting> = form
                .settings(FILE, &evaluated.text)
                .unwrap_or_default()
                .into_iter()
                .map(|setting| (setting.path.clone(), setting))
                .collect();
            for (setting, value) in rendered.clone() {
                match by_path.get(&setting) {
                    Some(found) if found.value == value => {
                        let range = found.span.start as usize..found.span.end as usize;
                        let filled = evaluated.pieces.iter().any(|piece| {
                            let within = piece.range.start < range.end && range.start < piece.range.end;
                            within && matches!(&piece.source, Source::Output { reads } if !reads.is_empty())
                        });
                        if filled { explained += 1 } else { literal += 1 }
                    }
                    found => missing.push((path, setting, value, found.map(|found| found.value.clone()))),
                }
            }
            for setting in by_path.keys().filter(|setting| !rendered.contains_key(*setting)) {
                println!("  {path} {setting}: in the model only");
            }
        }
        let all = explained + literal + missing.len();
        println!(
            "{}: {all} settings rendered: {explained} filled by keys, {literal} literal, {} not explained",
            self.pack.name,
            missing.len()
        );
        for (path, setting, value, found) in &missing {
            println!("  {path} {setting}: rendered {value:?}, model {found:?}");
        }
        missing.is_empty()
    }

    /// Each key alone as a marker.
    fn keys(&self, toml: &str) -> Result<bool, Box<dyn Error>> {
        let keys = self.scalar_keys();
        let (mut shown, mut hidden, mut wrong) = (0_usize, Vec::new(), Vec::new());
        for key in &keys {
            let Ok(configuration) = self.configure(&with_marker(toml, key)?) else {
                hidden.push(key);
                continue;
            };
            let mut anywhere = false;
            for (path, (own, modelled)) in &self.templates {
                let form = Form::of(path);
                if form == Form::Text {
                    continue;
                }
                let real = marked(settings(form, &own.render(&configuration.context).text));
                let expected = marked(settings(form, &modelled.render(&configuration.context).text));
                anywhere |= !real.is_empty();
                if real != expected {
                    wrong.push((key, path, real, expected));
                }
            }
            if anywhere { shown += 1 } else { hidden.push(key) }
        }
        println!(
            "{}: {} keys: the marker of {shown} shows where the model says, {} show nowhere alone, {} elsewhere",
            self.pack.name,
            keys.len(),
            hidden.len(),
            wrong.len()
        );
        for (key, path, real, expected) in &wrong {
            println!("  {key}: {path}: rendered at {real:?}, model says {expected:?}");
        }
        println!("  nowhere alone: {}", hidden.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(" "));
        Ok(wrong.is_empty())
    }

    /// The keys that expressions print, but for those of arrays and open tables.
    fn scalar_keys(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for file in &self.model.files {
            for place in places(file) {
                printed(place.value, &mut |expression| {
                    for pattern in pattern::reads(expression, &place.around) {
                        let plain = pattern.0.iter().all(|step| matches!(step, Step::Key(_)));
                        let list =
                            matches!(self.pack.rules.default.get(&pattern.to_string()), Some(Value::List(_)));
                        if plain && !list && pattern.0.len() > 1 {
                            keys.insert(pattern.to_string());
                        }
                    }
                });
            }
        }
        keys
    }
}

fn printed(nodes: &[Node], found: &mut impl FnMut(&apimlint::render::jinja::Expression)) {
    for node in nodes {
        match node {
            Node::Hole(formula) => found(formula.expression()),
            Node::If(branches) => branches.iter().for_each(|branch| printed(&branch.nodes, found)),
            _ => {}
        }
    }
}

/// A deployment.toml with one key set to the marker, in place of whatever it holds.
fn with_marker(toml: &str, key: &str) -> Result<String, Box<dyn Error>> {
    let mut document: toml_edit::DocumentMut = toml.parse()?;
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    let parts: Vec<&str> = key.split('.').collect();
    let Some((last, tables)) = parts.split_last() else { return Ok(toml.to_owned()) };
    for part in tables {
        let item = table.entry(part).or_insert_with(toml_edit::table);
        table = item.as_table_like_mut().ok_or("a key stands where a table should")?;
    }
    table.insert(last, toml_edit::value(MARKER));
    Ok(document.to_string())
}

fn settings(form: Form, text: &str) -> Settings {
    let settings = form.settings(FILE, text).unwrap_or_default();
    settings.into_iter().map(|setting| (setting.path, setting.value)).collect()
}

/// The paths of the settings that hold the marker.
fn marked(settings: Settings) -> BTreeSet<String> {
    let marked = settings.into_iter().filter(|(path, value)| path.contains(MARKER) || value.contains(MARKER));
    marked.map(|(path, _)| path).collect()
}
