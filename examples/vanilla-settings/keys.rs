//! The keys of a pack that takes its settings from deployment.toml.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use apimlint::catalog::lines;
use apimlint::source::FileId;
use apimlint::syntax::json;
use apimlint::syntax::settings::{Kind, Setting};

/// First parts of the deployment.toml keys that rules and the version fingerprint read.
const KEYS: &[&str] = &[
    "apim",
    "authorization_manager",
    "broker",
    "clustering",
    "config_data",
    "database",
    "database_configuration",
    "encryption",
    "event_processor",
    "governance_data",
    "identity_data_source",
    "keystore",
    "monitoring",
    "oauth",
    "output_adapter",
    "realm_manager",
    "server",
    "static_configuration",
    "super_admin",
    "synapse_properties",
    "tenant_manager",
    "tenant_mgt",
    "transport",
    "truststore",
    "user_store",
];

/// The files by which the config mapper turns keys into other keys. Their keys are dotted already.
pub fn print(folder: &Path) -> Result<(), Box<dyn Error>> {
    let read = |name: &str| -> Result<Vec<json::Member>, Box<dyn Error>> {
        let text = fs::read_to_string(folder.join(name))?;
        let document = json::parse(FileId { owner: 0, index: 0 }, &text);
        match document.map_err(|error| format!("{name}: {}", error.reason))?.root {
            json::Value::Object(_, members) => Ok(members),
            _ => Err(format!("{name} is no object").into()),
        }
    };
    let wanted = |key: &str| KEYS.contains(&key.split(['.', ':']).next().unwrap_or_default());
    // Doubles of a JSON object: the last one wins.
    let mut defaults = BTreeMap::new();
    for member in read("default.json")? {
        leaves(member.name.text, &member.value, &mut defaults);
    }
    let mut templates = String::new();
    read_all(&folder.join("templates"), &mut templates)?;
    for (key, value) in template_defaults(&templates) {
        defaults.entry(key).or_insert(value);
    }
    println!("[defaults]");
    for (key, value) in defaults.iter().filter(|(key, _)| wanted(key)) {
        print!("{}", lines::line(key, value));
    }
    println!("\n[renamed]");
    for member in read("key-mappings.json")? {
        let targets: Vec<String> = match member.value {
            json::Value::String(target) => vec![target.text],
            json::Value::Array(_, targets) => targets.iter().filter_map(text).collect(),
            _ => Vec::new(),
        };
        print!("{}", lines::line(&member.name.text, &targets.join(", ")));
    }
    println!("\n[inferred]");
    for condition in read("infer.json")? {
        let json::Value::Object(_, cases) = condition.value else { continue };
        for case in cases.iter().filter(|_| wanted(&condition.name.text)) {
            let json::Value::Object(_, assignments) = &case.value else { continue };
            for assignment in assignments {
                let value = Setting {
                    path: String::new(),
                    value: case.name.text.clone(),
                    kind: Kind::Text,
                    span: case.name.span,
                };
                let path =
                    format!("{} is {} then {}", condition.name.text, value.literal(), assignment.name.text);
                print!("{}", lines::line(&path, &literal(&assignment.value)));
            }
        }
    }
    println!();
    Ok(())
}

/// Objects within objects become dotted keys, as the templates read them.
fn leaves(key: String, value: &json::Value, leaf: &mut BTreeMap<String, String>) {
    match value {
        json::Value::Object(_, members) if !members.is_empty() => {
            for member in members {
                leaves(format!("{key}.{}", member.name.text), &member.value, leaf);
            }
        }
        value => {
            leaf.insert(key, literal(value));
        }
    }
}

fn read_all(folder: &Path, text: &mut String) -> Result<(), Box<dyn Error>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_all(&path, text)?;
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(path)?));
        }
    }
    Ok(())
}

/// What templates print for a key that is not set, `{{key | default('value')}}`; keys whose mere presence a
/// template asks about are left out, since a default would answer that question wrongly.
fn template_defaults(templates: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for piece in templates.split("{{").skip(1) {
        let Some((expression, _)) = piece.split_once("}}") else { continue };
        let Some((key, filter)) = expression.split_once('|') else { continue };
        let value = filter.trim().strip_prefix("default(").and_then(|rest| rest.strip_suffix(')'));
        let (key, Some(value)) = (key.trim(), value) else { continue };
        if key.contains('.') && !templates.contains(&format!("{key} is defined")) {
            let text = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            found.push((key.to_owned(), text.map_or_else(|| value.to_owned(), |text| format!("\"{text}\""))));
        }
    }
    found
}

fn text(value: &json::Value) -> Option<String> {
    match value {
        json::Value::String(scalar) => Some(scalar.text.clone()),
        _ => None,
    }
}

/// The value in one line; nested objects as JSON.
fn literal(value: &json::Value) -> String {
    let quote = |text: &str| {
        let span = value.span();
        Setting { path: String::new(), value: text.to_owned(), kind: Kind::Text, span }.literal()
    };
    match value {
        json::Value::Null(_) => "null".to_owned(),
        json::Value::Boolean(scalar, _) | json::Value::Number(scalar) => scalar.text.clone(),
        json::Value::String(scalar) => quote(&scalar.text),
        json::Value::Array(_, items) => {
            format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        json::Value::Object(_, members) => {
            let member =
                |member: &json::Member| format!("{}: {}", quote(&member.name.text), literal(&member.value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}
