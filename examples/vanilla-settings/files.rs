//! The configuration files of a home and their settings.

use std::error::Error;
use std::fs;
use std::path::Path;

use apimlint::catalog::{lines, vanilla};
use apimlint::source::FileId;
use apimlint::syntax::encoding;
use apimlint::syntax::settings::{Form, Setting};

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

/// Paths and values as the vanilla data writes them.
pub type Lines = Vec<(String, String)>;

/// The configuration files of a home, sorted by path.
pub fn configuration(home: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut open = vec![String::from("repository")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(home.join(&folder))? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                open.push(path);
            } else if vanilla::is_configuration(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Those files of a home with deployment.toml that rules read and no template makes.
pub fn without_template(home: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = vec!["repository/conf/deployment.toml".to_owned()];
    found.extend(CONF.iter().map(|path| format!("repository/conf/{path}")));
    found.extend(folder(home, "repository/conf/datasources", "", "-datasources.xml")?);
    for (path, start, end) in DEPLOYMENT {
        found.extend(folder(home, &format!("repository/deployment/server/{path}"), start, end)?);
    }
    let templates = home.join("repository/resources/conf/templates");
    found.retain(|path| home.join(path).is_file() && !templates.join(format!("{path}.j2")).exists());
    Ok(found)
}

fn folder(home: &Path, path: &str, start: &str, end: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(home.join(path)) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    names.retain(|name| name.starts_with(start) && name.ends_with(end));
    names.sort();
    Ok(names.iter().map(|name| format!("{path}/{name}")).collect())
}

/// The settings of a file of a home.
pub fn settings(home: &Path, path: &str) -> Result<Lines, Box<dyn Error>> {
    let form = Form::of(path);
    let wrong = |reason: String| format!("{path}: {reason}");
    let bytes = fs::read(home.join(path)).map_err(|error| wrong(error.to_string()))?;
    let text = encoding::decode(form.encoding(), &bytes).map_err(|error| wrong(error.reason))?;
    let settings =
        form.settings(FileId { owner: 0, index: 0 }, &text).map_err(|error| wrong(error.reason))?;
    let line = |setting: &Setting| (setting.path.clone(), escaped(form, vanilla::recorded(path, setting)));
    Ok(settings.iter().map(line).collect())
}

/// The settings of a file of an untouched pack.
pub fn vanilla_settings(pack: &vanilla::Pack, path: &str) -> Lines {
    let form = Form::of(path);
    pack.settings(path).map(|(path, value)| (path.into_owned(), escaped(form, value))).collect()
}

fn escaped(form: Form, value: String) -> String {
    if form.has_literals() { value } else { lines::escape(&value) }
}
