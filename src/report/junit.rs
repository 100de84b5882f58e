//! JUnit XML: a suite for each node and one for the deployment, a case for each rule and file.

use super::Results;
use super::place::{Place, unread_path};
use crate::catalog::card::{Card, Scope};
use crate::diagnostic::{Diagnostic, Severity, Unread};

/// Name of the suite of the rules that need several nodes.
const DEPLOYMENT: &str = "deployment";

/// A suite under construction.
struct Suite {
    name: String,
    cases: Vec<String>,
    failures: usize,
    errors: usize,
}

/// The document. Every rule that ran has a case, so that one that passes is told from one that did not run.
pub fn report_junit(results: &Results<'_>) -> String {
    let rules = |wanted: fn(Scope) -> bool| {
        results
            .rules
            .iter()
            .map(AsRef::as_ref)
            .filter(move |card: &&Card| wanted(card.scope))
            .collect::<Vec<_>>()
    };
    let of_node = rules(|scope| scope != Scope::Deployment);
    let of_deployment = rules(|scope| scope == Scope::Deployment);
    let mut suites = Vec::new();
    for node in results.nodes {
        let name = node.name.as_str();
        suites.push(suite(results, name, &of_node, &|owner| owner == Some(name)));
    }
    let everywhere = suite(results, DEPLOYMENT, &of_deployment, &|_| true);
    // What a rule for nodes says about the proxy, the hosts file or the inventory belongs to no node.
    let mut shared = suite(results, DEPLOYMENT, &of_node, &|owner| owner.is_none());
    shared.cases.retain(|case| !case.ends_with("/>\n"));
    suites.push(Suite {
        cases: everywhere.cases.into_iter().chain(shared.cases).collect(),
        failures: everywhere.failures + shared.failures,
        ..everywhere
    });
    add_unread(&mut suites, results.unread);
    document(&suites)
}

fn suite(results: &Results<'_>, name: &str, rules: &[&Card], owns: &dyn Fn(Option<&str>) -> bool) -> Suite {
    let sources = results.sources;
    let mut suite = Suite { name: name.to_owned(), cases: Vec::new(), failures: 0, errors: 0 };
    for card in rules {
        let mut files: Vec<(String, Vec<&Diagnostic>)> = Vec::new();
        let of_rule = results.diagnostics.iter().filter(|diagnostic| diagnostic.code == card.code);
        for diagnostic in of_rule.filter(|one| owns(sources.node_name(one.primary.span.file))) {
            let place = Place::of(sources, diagnostic.primary.span);
            match files.iter_mut().find(|(path, _)| *path == place.path) {
                Some((_, found)) => found.push(diagnostic),
                None => files.push((place.path, vec![diagnostic])),
            }
        }
        let title = format!("{} {}", card.code, card.name);
        if files.is_empty() {
            suite.cases.push(case(name, &title, ""));
        }
        for (path, found) in files {
            let failures: String = found.iter().map(|one| failure(results, one)).collect();
            suite.failures += 1;
            suite.cases.push(case(name, &format!("{title}: {path}"), &failures));
        }
    }
    suite
}

fn case(suite: &str, name: &str, inside: &str) -> String {
    let head = format!("    <testcase classname=\"{}\" name=\"{}\"", escaped(suite), escaped(name));
    if inside.is_empty() { format!("{head}/>\n") } else { format!("{head}>\n{inside}    </testcase>\n") }
}

fn failure(results: &Results<'_>, diagnostic: &Diagnostic) -> String {
    let sources = results.sources;
    let mut text = Place::of(sources, diagnostic.primary.span).text();
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    text.push_str(&format!(": {severity}: {}\n", diagnostic.primary.message));
    for label in &diagnostic.related {
        text.push_str(&format!("{}: {}\n", Place::of(sources, label.span).text(), label.message));
    }
    if let Some(help) = &diagnostic.help {
        text.push_str(&format!("help: {help}\n"));
    }
    format!(
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
        diagnostic.code,
        escaped(&diagnostic.message),
        escaped(&text)
    )
}

/// An error in the suite of its node, or in that of the deployment.
fn add_unread(suites: &mut Vec<Suite>, unread: &[Unread]) {
    for unread in unread {
        let name = unread.node.as_deref().unwrap_or(DEPLOYMENT);
        let path = unread_path(unread);
        let place: String =
            [unread.line, unread.column].iter().flatten().map(|part| format!(":{part}")).collect();
        let error = format!(
            "      <error type=\"unread\" message=\"{}\">{}</error>\n",
            escaped(&unread.reason),
            escaped(&format!("{path}{place}"))
        );
        let case = case(name, &format!("unread: {}", unread.file), &error);
        match suites.iter_mut().find(|suite| suite.name == name) {
            Some(suite) => {
                suite.cases.push(case);
                suite.errors += 1;
            }
            None => suites.push(Suite { name: name.to_owned(), cases: vec![case], failures: 0, errors: 1 }),
        }
    }
}

fn document(suites: &[Suite]) -> String {
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>();
    let (tests, failures, errors) =
        (sum(|suite| suite.cases.len()), sum(|suite| suite.failures), sum(|suite| suite.errors));
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"apimlint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n"
    );
    for suite in suites {
        text.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\">\n{}  </testsuite>\n",
            escaped(&suite.name),
            suite.cases.len(),
            suite.failures,
            suite.errors,
            suite.cases.concat()
        ));
    }
    text + "</testsuites>\n"
}

/// A text for content and attributes. What XML 1.0 cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ if super::is_unsafe(letter) => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_hold_only_what_xml_can() {
        assert_eq!(
            escaped("a<b>&\"c\"]]>\u{0}\u{ffff}\u{202e}"),
            "a&lt;b&gt;&amp;&quot;c&quot;]]&gt;\u{fffd}\u{fffd}\u{fffd}"
        );
    }
}
