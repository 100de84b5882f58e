//! Secure vault: elements of the XML versions name an alias (`svns:secretAlias`) of cipher-text.properties, keys of
//! deployment.toml an alias of `[secrets]`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Question};
use crate::migrate::{Customised, Decision, Key, KeyPart, Legacy, Note, Risk, Status};
use crate::render::value::Value;

const CIPHER_TEXT: &str = "repository/conf/security/cipher-text.properties";
/// The attribute of an element whose secret lies in cipher-text.properties.
const ATTRIBUTE: &str = "/@secretAlias";
/// What a value of a properties file starts with whose secret lies there.
const PREFIX: &str = "secretAlias:";
/// Stands for what the server reads once ciphertool has encrypted it.
const SEALED: &str = "encrypted";

/// The secrets of a node that a person has put into secure vault.
#[derive(Debug, Default)]
pub struct SecureVault {
    /// The aliases that settings name, by file and path.
    aliases: BTreeMap<(String, String), String>,
    /// The attributes that an alias beside them is meant for, by file and path of their element.
    attributes: BTreeMap<(String, String), String>,
    /// What cipher-text.properties holds, by alias.
    secrets: BTreeMap<String, String>,
}

impl SecureVault {
    /// Looks a node over.
    pub fn of(legacy: &Legacy) -> Self {
        let secrets = legacy.settings(CIPHER_TEXT);
        let mut vault = Self {
            secrets: secrets.into_iter().map(|setting| (setting.path, setting.value)).collect(),
            ..Self::default()
        };
        for setting in &legacy.customised {
            let Some(value) = setting.value.as_deref() else { continue };
            let place = |path: &str| (setting.file.clone(), path.to_owned());
            let (path, alias) = match setting.path.strip_suffix(ATTRIBUTE) {
                Some(element) => match attribute(legacy, &setting.file, element, value) {
                    Some(attribute) => {
                        vault.attributes.insert(place(element), attribute.clone());
                        (attribute, value)
                    }
                    None => (element.to_owned(), value),
                },
                None => match value.strip_prefix(PREFIX) {
                    Some(alias) => (setting.path.clone(), alias),
                    None => continue,
                },
            };
            vault.aliases.insert(place(&path), alias.trim().to_owned());
        }
        vault
    }

    /// The setting with `$secret{…}` as its value, where its secret lies in secure vault.
    pub fn resolved<'s>(&self, setting: &'s Customised) -> Cow<'s, Customised> {
        let element = setting.path.strip_suffix(ATTRIBUTE);
        let attribute =
            element.and_then(|element| self.attributes.get(&(setting.file.clone(), element.to_owned())));
        let path = attribute.map(String::as_str).or(element).unwrap_or(&setting.path);
        let Some(reference) = self.reference(&setting.file, path) else { return Cow::Borrowed(setting) };
        Cow::Owned(Customised {
            path: path.to_owned(),
            value: Some(reference.clone()),
            shown: Some(reference),
            ..setting.clone()
        })
    }

    /// What stands for a secret of secure vault at a path; nothing where the value itself stands there.
    pub fn reference(&self, file: &str, path: &str) -> Option<String> {
        let alias = self.aliases.get(&(file.to_owned(), path.to_owned()))?;
        Some(format!("$secret{{{}}}", new_alias(alias)))
    }

    /// The aliases that `[secrets]` has to have for the server to start.
    pub fn aliases(&self) -> Vec<(Key, Value)> {
        let aliases: BTreeSet<&String> = self.aliases.values().collect();
        aliases.into_iter().map(|alias| (key(alias), Value::Text(SEALED.to_owned()))).collect()
    }

    /// What `[secrets]` has to hold at a key.
    pub fn secret(&self, written: &Key) -> Option<Value> {
        let [KeyPart::Name(table), KeyPart::Name(name)] = written.0.as_slice() else { return None };
        let alias = self.aliases.values().find(|alias| table == "secrets" && new_alias(alias) == *name)?;
        // In brackets stands what ciphertool encrypts.
        let secret = self.secrets.get(alias).map_or("[]", String::as_str);
        Some(Value::Text(secret.to_owned()))
    }

    /// What becomes of an entry of cipher-text.properties.
    pub fn answer(&self, question: Question) -> Option<Answer> {
        if question.file != CIPHER_TEXT || question.path.is_empty() {
            return None;
        }
        if question.value.is_none() || !self.aliases.values().any(|alias| alias == question.path) {
            return Some(Answer::obsolete("no setting that the node customised refers to this alias"));
        }
        let status = Status::Migrated { keys: vec![key(question.path).to_string()] };
        Some(Answer::Decided(Decision { status, note: None, risk: Risk::Low }))
    }

    /// What is left to do with the secrets.
    pub fn notes(&self) -> Vec<Note> {
        let named: BTreeSet<&String> = self.aliases.values().collect();
        let is_plain = |secret: &&String| secret.starts_with('[') && secret.ends_with(']');
        let (mut plain, mut encrypted, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for alias in named {
            match self.secrets.get(alias) {
                Some(secret) if is_plain(&secret) => plain.push(new_alias(alias)),
                Some(_) => encrypted.push(new_alias(alias)),
                None => missing.push(new_alias(alias)),
            }
        }
        let note = |aliases: Vec<String>, what: &str| {
            let text = format!("[secrets] {}: {what}", aliases.join(", "));
            (!aliases.is_empty()).then_some(Note { risk: Risk::High, text })
        };
        let notes = [
            note(
                plain,
                "still plain text: run bin/ciphertool.sh -Dconfigure in the new home before its first start",
            ),
            note(
                encrypted,
                "encrypted by the old server, and of use only with its key store and algorithm: else write the secret in \
                 brackets, as in \"[secret]\", and run bin/ciphertool.sh -Dconfigure in the new home",
            ),
            note(
                missing,
                "the node has no such alias in cipher-text.properties: write the secret between the brackets and run \
                 bin/ciphertool.sh -Dconfigure in the new home",
            ),
        ];
        notes.into_iter().flatten().collect()
    }
}

/// The attribute of an element that an alias such as `Server.Service.Connector.keystorePass` is meant for.
fn attribute(legacy: &Legacy, file: &str, element: &str, alias: &str) -> Option<String> {
    let (_, name) = alias.trim().rsplit_once('.')?;
    let attribute = format!("{element}/@{name}");
    legacy.settings(file).iter().any(|setting| setting.path == attribute).then_some(attribute)
}

fn key(alias: &str) -> Key {
    Key::dotted("secrets").name(new_alias(alias))
}

/// `WSO2.DB.Password` as `wso2_db_password`: a name without quotes.
fn new_alias(alias: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    alias.chars().map(plain).collect()
}
