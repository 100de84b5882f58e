//! Scopes that need no role: elements of a list, one key of deployment.toml.

use std::collections::BTreeSet;

use super::{Answer, Question};
use crate::migrate::{Key, Legacy};
use crate::model::Version;
use crate::render::value::Value;

const FILE: &str = "repository/conf/api-manager.xml";
const SCOPES: &str = "/APIManager/OAuthConfigurations/ScopeWhitelist";

/// What becomes of a scope: the key holds them all.
pub fn answer(legacy: &Legacy, question: Question, version: Version) -> Option<Answer> {
    if question.file != FILE || !is_scope(question.path) {
        return None;
    }
    let own = legacy.settings(FILE);
    let mut seen = BTreeSet::new();
    let own = own.into_iter().filter(|setting| is_scope(&setting.path) && seen.insert(setting.value.clone()));
    let scopes: Vec<Value> = own.map(|setting| Value::Text(setting.value)).collect();
    let name = if version.at_least(4, 0) { "allowed_scopes" } else { "white_listed_scopes" };
    let key = Key::dotted("apim.oauth_config").name(name);
    (!scopes.is_empty()).then(|| Answer::Keys(vec![(key, Value::List(scopes))], None))
}

fn is_scope(path: &str) -> bool {
    let scope = path.strip_prefix(SCOPES).and_then(|rest| rest.split_once('/'));
    scope.is_some_and(|(_, scope)| scope == "Scope" || scope.starts_with("Scope["))
}
