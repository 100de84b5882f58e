//! Whether a produced deployment.toml does what was promised: it is rendered by the templates of the target's own pack.

use std::collections::BTreeMap;

use super::inversion::Wanted;
use super::inversion::draft::Draft;
use super::placeholders::{covered, covered_value};
use super::target::TargetPack;
use super::toml::same;
use super::{Customised, Decisions, Evidence, Key, Note, Risk, Status, Target};
use crate::diagnostic::Diagnostic;
use crate::render::phases::Environment;
use crate::render::value::Value;
use crate::render::{DeploymentToml, Refusal, Rendering, render};
use crate::source::FileId;
use crate::syntax::settings::Form;

/// What rendering showed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proof {
    /// Name of the pack.
    pub pack: String,
    /// So many settings were found with the legacy value.
    pub proved: usize,
    /// Those that were not, as `file path`.
    pub failed: Vec<String>,
    /// Those that lie in files which no template makes, or one that apimlint cannot render, as `file path`.
    pub not_rendered: Vec<String>,
}

/// Renders a deployment.toml and looks for each setting that is said to be migrated or the default. What does not show
/// becomes manual.
pub fn prove(
    customised: &[Customised],
    decisions: &mut Decisions,
    deployment: &str,
    target: &Target,
    pack: &TargetPack,
) -> Proof {
    let mut proof = Proof { pack: target.pack_name(), ..Proof::default() };
    let toml = DeploymentToml { path: "deployment.toml".to_owned(), text: covered(&sealed(deployment)) };
    let environment = Environment { keep_unresolved: true, ..Environment::default() };
    let rendering = render(&pack.pack, &toml, &environment);
    let mut witness = match &rendering {
        Ok(rendering) => {
            decisions.notes.extend(rendering.unsupported.iter().flat_map(unproved));
            Ok(Witness { pack, rendering, draft: Draft::read(&toml.text), files: BTreeMap::new() })
        }
        Err(refusal) => {
            let reason = refusal.diagnostics.first().map(|fault| fault.message.clone()).unwrap_or_default();
            decisions.notes.push(Note {
                risk: Risk::High,
                text: format!(
                    "a server of {} would not start with this deployment.toml: {reason}",
                    target.version
                ),
            });
            Err(())
        }
    };
    for (index, setting) in customised.iter().enumerate() {
        let Some(decision) = decisions.settings.get_mut(index) else { continue };
        if !matches!(decision.status, Status::Migrated { .. } | Status::Default) {
            continue;
        }
        let evidence = decisions.evidence.get(index).unwrap_or(&Evidence::Nowhere);
        let verdict = match &mut witness {
            Ok(witness) => witness.verdict(evidence),
            Err(()) => Verdict::Failed,
        };
        let place = format!("{} {}", setting.file, setting.path);
        match verdict {
            Verdict::Proved => proof.proved += 1,
            Verdict::NotRendered => proof.not_rendered.push(place),
            Verdict::Failed => {
                proof.failed.push(place);
                let note = format!("the templates of {} do not give this value: set it by hand", proof.pack);
                *decision = super::Decision::manual(Risk::High, note);
            }
        }
    }
    proof
}

/// What to do about each template that cannot be rendered: the first reason is enough.
fn unproved(refusal: &Refusal) -> Vec<Note> {
    let faults =
        refusal.diagnostics.chunk_by(|left, right| left.primary.span.file == right.primary.span.file);
    let note = |fault: &Diagnostic| Note {
        risk: Risk::Medium,
        text: format!("{}; compare the file that the server makes of it by hand", fault.message),
    };
    faults.filter_map(|faults| faults.first().map(note)).collect()
}

/// The file as ciphertool leaves it, without whose work no server starts: nothing in `[secrets]` is plain text.
fn sealed(deployment: &str) -> String {
    let Some(at) = deployment.find("\n[secrets]") else { return deployment.to_owned() };
    let (settings, secrets) = deployment.split_at(at);
    let entry = |line: &str| match line.split_once(" = \"[") {
        Some((alias, _)) => format!("{alias} = \"encrypted\"\n"),
        None => format!("{line}\n"),
    };
    let secrets: String = secrets.lines().map(entry).collect();
    format!("{settings}{secrets}")
}

enum Verdict {
    Proved,
    Failed,
    NotRendered,
}

/// What was rendered, its files flattened when they are asked for.
struct Witness<'a> {
    pack: &'a TargetPack,
    rendering: &'a Rendering<'a>,
    draft: Option<Draft>,
    files: BTreeMap<String, Option<BTreeMap<String, String>>>,
}

impl Witness<'_> {
    fn verdict(&mut self, evidence: &Evidence) -> Verdict {
        match evidence {
            Evidence::Nowhere => Verdict::NotRendered,
            Evidence::Key(key, value) if self.has(key, value) => Verdict::Proved,
            Evidence::Key(..) => Verdict::Failed,
            Evidence::Rendered(all) => {
                let mut verdict = Verdict::NotRendered;
                for wanted in all {
                    match self.shows(wanted) {
                        Some(true) => verdict = Verdict::Proved,
                        Some(false) => return Verdict::Failed,
                        None => {}
                    }
                }
                verdict
            }
        }
    }

    /// True where a setting has its value; none where nothing makes its file.
    fn shows(&mut self, wanted: &Wanted) -> Option<bool> {
        let (pack, rendering) = (self.pack, self.rendering);
        let settings = self.files.entry(wanted.file.clone()).or_insert_with(|| {
            let rendered = rendering.file(&wanted.file).map(|file| file.text().to_owned());
            let text = rendered.or_else(|| pack.static_file(&wanted.file))?;
            // A file that is not well-formed shows nothing.
            let settings = Form::of(&wanted.file).settings(FileId::NOWHERE, &text).unwrap_or_default();
            Some(settings.into_iter().map(|setting| (setting.path, setting.value)).collect())
        });
        let shown = settings.as_ref()?.get(&covered(&wanted.path));
        Some(shown.cloned() == wanted.value.as_deref().map(covered))
    }

    /// True where the file says this of a key, or the phases of the mapper do without it.
    fn has(&self, key: &Key, value: &Value) -> bool {
        let value = &covered_value(value);
        let written = self.draft.as_ref().and_then(|draft| draft.get(&draft.place(key)?));
        let known = written.or_else(|| key.value_in(&self.rendering.configuration.context));
        known.is_some_and(|known| same(known, value))
    }
}

#[cfg(test)]
mod tests {
    use super::super::target::tests::pack;
    use super::*;
    use crate::migrate::{Change, Decision};
    use crate::model::Version;
    use crate::render::PackTemplate;
    use crate::source::Span;

    fn setting(path: &str) -> Customised {
        Customised {
            file: "repository/conf/a.xml".to_owned(),
            path: path.to_owned(),
            change: Change::Changed,
            value: None,
            vanilla: None,
            span: Span::new(FileId { owner: 0, index: 0 }, 0, 0),
            line: 1,
            secret: false,
            shown: None,
            vanilla_shown: None,
            comment: None,
        }
    }

    fn wanted(file: &str, value: &str) -> Evidence {
        let (file, path) = (format!("repository/conf/{file}"), "/a/b".to_owned());
        Evidence::Rendered(vec![Wanted { file, path, value: Some(value.to_owned()) }])
    }

    fn proof(evidence: Vec<Evidence>, deployment: &str) -> (Proof, Decisions) {
        proof_by(pack(), evidence, deployment)
    }

    fn proof_by(pack: TargetPack, evidence: Vec<Evidence>, deployment: &str) -> (Proof, Decisions) {
        let target = Target { version: Version::new(4, 4, 0), pack: Some(pack) };
        let customised: Vec<Customised> = evidence.iter().map(|_| setting("/a/b")).collect();
        let settings =
            evidence.iter().map(|_| Decision { status: Status::Default, note: None, risk: Risk::Low });
        let mut decisions = Decisions { settings: settings.collect(), evidence, ..Decisions::default() };
        let pack = target.pack.as_ref().unwrap();
        (prove(&customised, &mut decisions, deployment, &target, pack), decisions)
    }

    #[test]
    fn what_the_templates_do_not_give_fails_and_is_manual() {
        let evidence =
            vec![wanted("a.xml", "1"), wanted("a.xml", "2"), wanted("c.xml", "1"), Evidence::Nowhere];
        let (proof, decisions) = proof(evidence, "[x]\ny = 1\n");
        assert_eq!(proof.proved, 1);
        assert_eq!(proof.failed, ["repository/conf/a.xml /a/b"]);
        assert_eq!(proof.not_rendered.len(), 2);
        let statuses: Vec<&str> =
            decisions.settings.iter().map(|decision| decision.status.as_str()).collect();
        assert_eq!(statuses, ["default", "manual", "default", "default"]);
    }

    #[test]
    fn a_template_that_cannot_be_rendered_leaves_the_others_proved() {
        let mut pack = pack();
        let macros =
            PackTemplate::new("repository/conf/b.xml", "{% macro m() %}{% endmacro %}", pack.pack.dialect);
        pack.pack.templates.push(macros);
        let evidence = vec![wanted("a.xml", "1"), wanted("b.xml", "1")];
        let (proof, decisions) = proof_by(pack, evidence, "[x]\ny = 1\n");
        assert_eq!((proof.proved, proof.failed.len()), (1, 0));
        assert_eq!(proof.not_rendered, ["repository/conf/a.xml /a/b"]);
        let notes: Vec<&str> = decisions.notes.iter().map(|note| note.text.as_str()).collect();
        assert!(matches!(notes.as_slice(), [note] if note.contains("cannot render")), "{notes:?}");
    }

    #[test]
    fn keys_are_looked_for_where_nothing_is_rendered() {
        let key = |name: &str, value| Evidence::Key(Key::dotted(name), Value::Integer(value));
        let evidence = vec![key("x.y", 1), key("x.y", 2), key("x.z", 5), key("x.none", 1)];
        let (proof, _) = proof(evidence, "[x]\ny = 1\n");
        assert_eq!((proof.proved, proof.failed.len()), (2, 2));
    }

    #[test]
    fn secrets_are_proved_as_ciphertool_leaves_them() {
        let deployment = "[x]\ny = \"$secret{y}\"\n\n[secrets]\ny = \"[plain]\"\n";
        assert_eq!(sealed(deployment), "[x]\ny = \"$secret{y}\"\n\n[secrets]\ny = \"encrypted\"\n");
        let (proof, _) = proof(vec![wanted("a.xml", "$secret{y}")], deployment);
        assert_eq!((proof.proved, proof.failed.len()), (1, 0));
    }

    #[test]
    fn nothing_holds_where_the_server_would_not_start() {
        let (proof, decisions) = proof(vec![wanted("a.xml", "1")], "[x]\ny = \"$ref{no.such.key}\"\n");
        assert_eq!((proof.proved, proof.failed.len()), (0, 1));
        assert!(decisions.notes.iter().any(|note| note.text.contains("would not start")));
    }
}
