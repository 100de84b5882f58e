//! Prints the settings of an untouched API Manager or App Manager home in the format of `rules/vanilla`.
//!
//! `cargo run --example vanilla-settings -- HOME > rules/vanilla/PRODUCT-VERSION.settings`
//!
//! What comes out is facts for a person to review, since public packs have been touched: see
//! `rules/vanilla/README.md`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use apimlint::catalog::lines;
use apimlint::source::FileId;
use apimlint::syntax::encoding::{self, Format};
use apimlint::syntax::settings::{Kind, Setting, Settings};
use apimlint::syntax::{json, properties, toml, xml};

/// Files and folders (with what their files must look like) whose settings rules read.
const CONF: &[&str] = &[
    "api-manager.xml",
    "app-manager.xml",
    "axis2/axis2.xml",
    "axis2/axis2_TM.xml",
    "broker.xml",
    "carbon.xml",
    "data-bridge/data-bridge-config.xml",
    "event-processor.xml",
    "identity.xml",
    "identity/identity.xml",
    "identity/sso-idp-config.xml",
    "identity/thrift-authentication.xml",
    "jndi.properties",
    "registry.xml",
    "registry_TM.xml",
    "security/cipher-text.properties",
    "sso-idp-config.xml",
    "synapse-handlers.xml",
    "synapse.properties",
    "thrift-authentication.xml",
    "tomcat/catalina-server.xml",
    "user-mgt.xml",
];
const DEPLOYMENT: &[(&str, &str, &str)] = &[
    ("eventpublishers", "", ".xml"),
    ("jaggeryapps/publisher/site/conf", "site", ".json"),
    ("jaggeryapps/store/site/conf", "site", ".json"),
    ("jaggeryapps/admin/site/conf", "site", ".json"),
    ("jaggeryapps/admin-dashboard/site/conf", "site", ".json"),
    ("jaggeryapps/workflow-admin/site/conf", "site", ".json"),
    ("synapse-configs/default/api", "_", ".xml"),
    ("synapse-configs/default/inbound-endpoints", "", ".xml"),
];

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

fn main() -> Result<(), Box<dyn Error>> {
    let home = PathBuf::from(std::env::args_os().nth(1).ok_or("give the home of a pack")?);
    let mapper = home.join("repository/resources/conf");
    if mapper.join("default.json").is_file() {
        keys(&mapper)?;
        print_file(&home, "repository/conf/deployment.toml")?;
    }
    for path in CONF {
        print_file(&home, &format!("repository/conf/{path}"))?;
    }
    folder(&home, "repository/conf/datasources", "", "-datasources.xml")?;
    for (path, start, end) in DEPLOYMENT {
        folder(&home, &format!("repository/deployment/server/{path}"), start, end)?;
    }
    Ok(())
}

fn folder(home: &Path, path: &str, start: &str, end: &str) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(home.join(path)) else { return Ok(()) };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    names.retain(|name| name.starts_with(start) && name.ends_with(end));
    names.sort();
    names.iter().try_for_each(|name| print_file(home, &format!("{path}/{name}")))
}

fn print_file(home: &Path, path: &str) -> Result<(), Box<dyn Error>> {
    // What a template makes follows from the keys.
    if home.join("repository/resources/conf/templates").join(format!("{path}.j2")).exists() {
        return Ok(());
    }
    let Ok(bytes) = fs::read(home.join(path)) else { return Ok(()) };
    let (_, ending) = path.rsplit_once('.').unwrap_or_default();
    let format = match ending {
        "xml" => Format::Xml,
        "properties" => Format::Properties,
        _ => Format::Utf8,
    };
    let file = FileId { owner: 0, index: 0 };
    let text = encoding::decode(format, &bytes)?;
    let wrong = |error: apimlint::syntax::SyntaxError| format!("{path}: {}", error.reason);
    let settings = match ending {
        "xml" => xml::parse(file, &text).map_err(wrong)?.settings(),
        "json" => json::parse(file, &text).map_err(wrong)?.settings(),
        "toml" => toml::parse(file, &text).map_err(wrong)?.settings(),
        _ => properties::parse(file, &text).settings(),
    };
    print_settings(path, &settings, matches!(ending, "json" | "toml"));
    Ok(())
}

fn print_settings(section: &str, settings: &[Setting], literal: bool) {
    println!("[{section}]");
    for setting in settings {
        let value = if literal { setting.literal() } else { lines::escape(&setting.value) };
        print!("{}", lines::line(&setting.path, &value));
    }
    println!();
}

/// The files by which the config mapper turns keys into other keys. Their keys are dotted already.
fn keys(folder: &Path) -> Result<(), Box<dyn Error>> {
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
