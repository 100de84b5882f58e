//! Secure vault of XML nodes: cipher-text.properties, the settings that it fills in, and the passwords that it does not.

use super::files::Files;
use super::view::View;
use crate::model::security::{PlainPassword, Vault, VaultEntry};
use crate::model::{Origin, Setting};
use crate::source::Span;
use crate::syntax::xml::Element;

const CIPHER_TEXT: &str = "repository/conf/security/cipher-text.properties";
/// Folders whose XML files the vault fills in.
const FOLDERS: [&str; 2] = ["repository/conf", "repository/deployment/server/userstores"];
/// What names an alias, as attribute and in a value.
const ATTRIBUTE: &str = "secretAlias";
const MARKER: &str = "$secret{";
/// Files with passwords of their own that the vault can fill in.
const FILES_WITH_PASSWORDS: [&str; 8] = [
    "repository/conf/api-manager.xml",
    "repository/conf/app-manager.xml",
    "repository/conf/axis2/axis2.xml",
    "repository/conf/broker.xml",
    "repository/conf/carbon.xml",
    "repository/conf/data-bridge/data-bridge-config.xml",
    "repository/conf/tomcat/catalina-server.xml",
    "repository/conf/user-mgt.xml",
];
const DATA_SOURCES: &str = "repository/conf/datasources";
/// Elements, attributes and properties that hold a password.
const PASSWORDS: [&str; 7] = [
    "password",
    "keypassword",
    "keystorepassword",
    "truststorepassword",
    "keystorepass",
    "truststorepass",
    "connectionpassword",
];

/// The vault of the node.
pub(super) fn vault(files: &mut Files) -> Vault {
    let entries = if files.has(CIPHER_TEXT) { entries(files) } else { None };
    let mut uses = Vec::new();
    let paths: Vec<String> = FOLDERS.iter().flat_map(|folder| files.list(folder)).collect();
    for path in paths.into_iter().filter(|path| path.ends_with(".xml")) {
        if names_an_alias(files, &path)
            && let Some(document) = files.written_xml(&path)
        {
            collect_uses(&document.root, &mut uses);
        }
    }
    let plain = if uses.is_empty() { Vec::new() } else { plain_passwords(files) };
    Vault { entries, uses, plain }
}

/// Most files name none: they need not be parsed.
fn names_an_alias(files: &mut Files, path: &str) -> bool {
    let text = files.bytes(path).unwrap_or_default();
    [ATTRIBUTE, MARKER].iter().any(|mark| memchr::memmem::find(&text, mark.as_bytes()).is_some())
}

fn entries(files: &mut Files) -> Option<Vec<VaultEntry>> {
    let (document, origin) = files.properties(CIPHER_TEXT)?;
    let entry = |property: &crate::syntax::properties::Property| {
        let value = Setting::read(&property.value, origin);
        entry(property.key.text.trim(), &value)
    };
    Some(document.properties.iter().map(entry).collect())
}

/// An alias with its secret.
pub(super) fn entry(alias: &str, value: &Setting) -> VaultEntry {
    VaultEntry {
        alias: alias.to_owned(),
        is_plain: value.value.starts_with('[') && value.value.ends_with(']'),
        secret: value.secret(),
    }
}

fn collect_uses(element: &Element, uses: &mut Vec<Setting>) {
    let written = |scalar| Setting::read(scalar, Origin::Written);
    uses.extend(element.attribute(ATTRIBUTE).map(|attribute| written(&attribute.value)));
    let values = element.attributes.iter().map(|attribute| &attribute.value).chain([&element.text]);
    uses.extend(values.filter_map(|value| {
        let value = written(value);
        let alias = value.value.strip_prefix(MARKER)?.strip_suffix('}')?.trim().to_owned();
        Some(Setting::at(alias, value.span, Origin::Written))
    }));
    element.children.iter().for_each(|child| collect_uses(child, uses));
}

fn plain_passwords(files: &mut Files) -> Vec<PlainPassword> {
    let mut paths: Vec<String> = FILES_WITH_PASSWORDS.iter().map(|path| (*path).to_owned()).collect();
    paths.extend(files.list(DATA_SOURCES).into_iter().filter(|path| path.ends_with("-datasources.xml")));
    let mut found = Vec::new();
    for path in paths {
        if let Some(document) = files.written_xml(&path) {
            let root = View { element: &document.root, origin: Origin::Written };
            collect_plain(root, &mut found);
        }
    }
    found
}

fn collect_plain(view: View<'_>, found: &mut Vec<PlainPassword>) {
    let element = view.element;
    // A file of its own needs no password worth hiding.
    if view.leaf(&["url"]).is_some_and(|url| url.value.starts_with("jdbc:h2:")) {
        return;
    }
    let mut add = |name: &str, value: &str, span: Span| {
        let is_plain = !value.is_empty() && !value.contains(['$', '{', '<']);
        if is_plain && PASSWORDS.contains(&name.to_ascii_lowercase().as_str()) {
            found.push(PlainPassword { name: name.to_owned(), span });
        }
    };
    if element.attribute(ATTRIBUTE).is_none() {
        let text = view.text();
        let name = match element.attribute_text("name") {
            Some(name) if ["Property", "property", "parameter"].contains(&element.name.as_str()) => name,
            _ => &element.name,
        };
        if element.children.is_empty() {
            add(name, &text.value, text.span);
        }
        for attribute in &element.attributes {
            add(&attribute.name, attribute.value.text.trim(), attribute.value.span);
        }
    }
    element.children.iter().for_each(|child| collect_plain(View { element: child, ..view }, found));
}
