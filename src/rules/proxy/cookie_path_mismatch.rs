//! A portal under another path than its own whose cookies keep the path of the portal: the browser never sends them back,
//! and everybody is logged out with the next click.

use std::collections::BTreeMap;

use crate::model::Deployment;
use crate::model::proxy_routes::{AppRoute, WebApp};
use crate::rules::{Check, Finding, Rule};
use crate::source::Span;

/// PX014.
pub static RULE: Rule = Rule { card: "PX014-cookie-path-mismatch", check: Check::Deployment(check) };

fn check(deployment: &Deployment, findings: &mut Vec<Finding>) {
    let mut by_place: BTreeMap<Span, Finding> = BTreeMap::new();
    let judged = |route: &&AppRoute<'_>| {
        // Under the root every path of the portal has its own meaning.
        route.explicit && route.app != WebApp::Carbon && !route.prefix.is_empty() && !route.server.incomplete
    };
    let routes = deployment.app_routes();
    for route in routes.iter().filter(judged) {
        if let Some(finding) = judge(route) {
            by_place.entry(finding.primary.span).or_insert(finding);
        }
    }
    findings.extend(by_place.into_values());
}

fn judge(route: &AppRoute<'_>) -> Option<Finding> {
    let app = route.app.path();
    let prefix = &route.prefix;
    let help = format!("write \"proxy_cookie_path {app} {prefix};\" in the location");
    let rules = &route.location.cookie_paths;
    let is_open = |words: &[String]| {
        words.iter().any(|word| word.contains('$') || word.starts_with('~')) || words.len() < 2
    };
    if rules.iter().any(|(words, _)| is_open(words)) {
        return None;
    }
    let of_app = |words: &[String]| words.first().is_some_and(|from| from.trim_end_matches('/') == app);
    // Where the path stays as it is only a rule that moves it is wrong.
    if *prefix == app && !rules.iter().any(|(words, _)| of_app(words)) {
        return None;
    }
    let Some((words, span)) = rules.first() else {
        let message = format!("the cookie path {app} is not rewritten to {prefix}");
        return Some(Finding::new(route.location.span, "no proxy_cookie_path", message).help(help));
    };
    let (app, prefix) = (app.as_str(), prefix.as_str());
    let fits = |words: &[String]| {
        let mut words = words.iter().map(|word| word.trim_end_matches('/'));
        let (from, to) = (words.next(), words.next());
        // A rule for the root moves every path.
        (from == Some(app) && to == Some(prefix)) || (from == Some("") && to == prefix.strip_suffix(app))
    };
    if rules.iter().any(|(words, _)| fits(words)) {
        return None;
    }
    let message = format!(
        "cookies of {app} are rewritten from {} to {}, clients use {prefix}",
        words.first()?,
        words.get(1)?
    );
    let help = if prefix == app { "remove the rule: the path stays as it is".to_owned() } else { help };
    let finding = Finding::new(*span, "other paths", message).help(help);
    Some(finding.related(route.location.span, "the location"))
}
