//! Whether a produced deployment.toml does what was promised: it is rendered by the templates of the target's own pack, or,
//! where no pack is given, by the model of the target.

use std::collections::BTreeMap;

use super::inversion::Wanted;
use super::inversion::destination::Destination;
use super::inversion::draft::Draft;
use super::placeholders::{covered, covered_value};
use super::target::TargetPack;
use super::toml::same;
use super::{Customised, Decision, Decisions, Evidence, Key, Note, Risk, Status, Target};
use crate::diagnostic::Diagnostic;
use crate::render::phases::{Configuration, Environment};
use crate::render::value::{Map, Value};
use crate::render::{DeploymentToml, Refusal, Rendering, render};
use crate::source::{FileId, Span};
use crate::syntax::secrets;
use crate::syntax::settings::Form;
use crate::syntax::toml::{self, Item};

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

/// Looks in what a deployment.toml gives for each setting that is said to be migrated or the default. What does not show
/// becomes manual. Without a pack the model is asked, which is no proof.
pub fn prove(
    customised: &[Customised],
    decisions: &mut Decisions,
    deployment: &str,
    target: &Target,
    destination: Option<&Destination<'_>>,
) -> Option<Proof> {
    let toml = DeploymentToml { path: "deployment.toml".to_owned(), text: covered(&sealed(deployment)) };
    let witness = match (&target.pack, destination) {
        (Some(pack), _) => by_templates(pack, &toml),
        (None, Some(destination)) => by_model(destination, &toml),
        (None, None) => return None,
    };
    let mut witness =
        witness.map(|source| Witness { source, draft: Draft::read(&toml.text), files: BTreeMap::new() });
    if let Err(reason) = &witness {
        decisions.notes.push(Note::refused(target.version, reason));
    }
    if let Ok(Witness { source: Source::Templates(_, rendering), .. }) = &witness {
        decisions.notes.extend(rendering.unsupported.iter().flat_map(unproved));
    }
    let mut proof = Proof { pack: target.pack_name(), ..Proof::default() };
    for (index, setting) in customised.iter().enumerate() {
        let Some(decision) = decisions.settings.get_mut(index) else { continue };
        if !matches!(decision.status, Status::Migrated { .. } | Status::Default) {
            continue;
        }
        let evidence = decisions.evidence.get(index).unwrap_or(&Evidence::Nowhere);
        let verdict = witness.as_mut().map_or(Verdict::Failed, |witness| witness.verdict(evidence));
        let place = format!("{} {}", setting.file, secrets::hide(&setting.path));
        match verdict {
            Verdict::Proved => proof.proved += 1,
            Verdict::NotRendered => proof.not_rendered.push(place),
            Verdict::Failed => {
                proof.failed.push(place);
                *decision = Decision::manual(Risk::High, missing(target));
            }
        }
    }
    target.pack.as_ref().map(|_| proof)
}

fn missing(target: &Target) -> String {
    let templates = match target.pack {
        Some(_) => format!("the templates of {} do", target.pack_name()),
        None => format!("the model of {} does", target.version),
    };
    format!("{templates} not give this value: set it by hand")
}

/// The error says why the server would not start.
fn by_templates<'a>(pack: &'a TargetPack, toml: &'a DeploymentToml) -> Result<Source<'a>, String> {
    let environment = Environment { keep_unresolved: true, ..Environment::default() };
    match render(&pack.pack, toml, &environment) {
        Ok(rendering) => Ok(Source::Templates(pack, rendering)),
        Err(refusal) => {
            Err(refusal.diagnostics.first().map(|fault| fault.message.clone()).unwrap_or_default())
        }
    }
}

/// The error says why the server would not start.
fn by_model<'a>(destination: &'a Destination<'a>, toml: &DeploymentToml) -> Result<Source<'a>, String> {
    let draft = Draft::read(&toml.text).ok_or("it is not TOML")?;
    Ok(Source::Model(destination, destination.configure(&draft)?))
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
    let mut sealed = deployment.to_owned();
    let mut plain = plain_secrets(deployment);
    plain.sort_by_key(|span| std::cmp::Reverse(span.start));
    for span in plain {
        sealed.replace_range(span.start as usize..span.end as usize, "\"encrypted\"");
    }
    sealed
}

/// Where secrets stand in brackets, in which ciphertool takes plain text.
fn plain_secrets(deployment: &str) -> Vec<Span> {
    let Ok(document) = toml::parse(FileId::NOWHERE, deployment) else { return Vec::new() };
    let secrets = document.root.entries.iter().filter(|entry| entry.key == "secrets");
    let secrets = secrets.filter_map(|entry| match &entry.item {
        Item::Table(table) => Some(&table.entries),
        _ => None,
    });
    let plain = secrets.flatten().filter_map(|entry| match &entry.item {
        Item::Scalar(scalar, _) if scalar.text.contains('[') => Some(scalar.span),
        _ => None,
    });
    plain.collect()
}

#[derive(Clone, Copy)]
enum Verdict {
    Proved,
    Failed,
    NotRendered,
}

/// What renders a deployment.toml.
enum Source<'a> {
    Templates(&'a TargetPack, Rendering<'a>),
    Model(&'a Destination<'a>, Configuration),
}

impl Source<'_> {
    /// What the templates were given.
    fn context(&self) -> &Map {
        match self {
            Self::Templates(_, rendering) => &rendering.configuration.context,
            Self::Model(_, configuration) => &configuration.context,
        }
    }

    /// The settings of a file; none where nothing makes it.
    fn settings(&self, file: &str) -> Option<BTreeMap<String, String>> {
        let text = match self {
            Self::Model(destination, configuration) => {
                destination.model.file(file)?;
                return Some(destination.settings(file, configuration));
            }
            Self::Templates(pack, rendering) => {
                let rendered = rendering.file(file).map(|file| file.text().to_owned());
                rendered.or_else(|| pack.static_file(file))?
            }
        };
        // A file that is not well-formed shows nothing.
        let settings = Form::of(file).settings(FileId::NOWHERE, &text).unwrap_or_default();
        Some(settings.into_iter().map(|setting| (setting.path, setting.value)).collect())
    }
}

/// What was rendered, its files flattened when they are asked for.
struct Witness<'a> {
    source: Source<'a>,
    draft: Option<Draft>,
    files: BTreeMap<String, Option<BTreeMap<String, String>>>,
}

impl Witness<'_> {
    fn verdict(&mut self, evidence: &Evidence) -> Verdict {
        match evidence {
            Evidence::Nowhere => Verdict::NotRendered,
            Evidence::Keys(all) if all.is_empty() => Verdict::NotRendered,
            Evidence::Keys(all) if all.iter().all(|(key, value)| self.has(key, value)) => Verdict::Proved,
            Evidence::Keys(_) => Verdict::Failed,
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
        let source = &self.source;
        let settings = self.files.entry(wanted.file.clone()).or_insert_with(|| source.settings(&wanted.file));
        let shown = settings.as_ref()?.get(&covered(&wanted.path));
        Some(shown.cloned() == wanted.value.as_deref().map(covered))
    }

    /// True where the file says this of a key, or the phases of the mapper do without it. Secrets are no longer what they
    /// were.
    fn has(&self, key: &Key, value: &Value) -> bool {
        if key.is_in_table("secrets") {
            return true;
        }
        let value = &covered_value(value);
        let written = self.draft.as_ref().and_then(|draft| draft.get(&draft.place(key)?));
        let known = written.or_else(|| key.value_in(self.source.context()));
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
        let proof = prove(&customised, &mut decisions, deployment, &target, target.destination().as_ref());
        (proof.unwrap(), decisions)
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
        let included = PackTemplate::new("repository/conf/b.xml", "{% include 'a.j2' %}", pack.pack.dialect);
        pack.pack.templates.push(included);
        let evidence = vec![wanted("a.xml", "1"), wanted("b.xml", "1")];
        let (proof, decisions) = proof_by(pack, evidence, "[x]\ny = 1\n");
        assert_eq!((proof.proved, proof.failed.len()), (1, 0));
        assert_eq!(proof.not_rendered, ["repository/conf/a.xml /a/b"]);
        let notes: Vec<&str> = decisions.notes.iter().map(|note| note.text.as_str()).collect();
        assert!(matches!(notes.as_slice(), [note] if note.contains("cannot render")), "{notes:?}");
    }

    #[test]
    fn keys_are_looked_for_where_nothing_is_rendered() {
        let key = |name: &str, value| Evidence::Keys(vec![(Key::dotted(name), Value::Integer(value))]);
        let evidence = vec![key("x.y", 1), key("x.y", 2), key("x.z", 5), key("x.none", 1)];
        let (proof, _) = proof(evidence, "[x]\ny = 1\n");
        assert_eq!((proof.proved, proof.failed.len()), (2, 2));
    }

    #[test]
    fn secrets_are_proved_as_ciphertool_leaves_them() {
        let deployment = "[x]\ny = \"$secret{y}\"\n\n[secrets]\ny = \"[plain]\"\n";
        assert_eq!(sealed(deployment), "[x]\ny = \"$secret{y}\"\n\n[secrets]\ny = \"encrypted\"\n");
        let spaced = "secrets = { \"a b\" = '[é[]', z = \"kept\" }\n";
        assert_eq!(sealed(spaced), "secrets = { \"a b\" = \"encrypted\", z = \"kept\" }\n");
        let (proof, _) = proof(vec![wanted("a.xml", "$secret{y}")], deployment);
        assert_eq!((proof.proved, proof.failed.len()), (1, 0));
    }

    #[test]
    fn each_of_several_keys_has_to_hold() {
        let keys = |z| {
            let key = |name: &str, value| (Key::dotted(name), Value::Integer(value));
            Evidence::Keys(vec![key("x.y", 1), key("x.z", z)])
        };
        let (proof, _) = proof(vec![keys(5), keys(6), Evidence::Keys(Vec::new())], "[x]\ny = 1\n");
        assert_eq!((proof.proved, proof.failed.len(), proof.not_rendered.len()), (1, 1, 1));
    }

    #[test]
    fn without_a_pack_the_model_is_asked_and_nothing_is_called_proved() {
        let target = Target { version: Version::new(4, 5, 0), pack: None };
        let offset = |value: &str| {
            let (file, path) = ("repository/conf/carbon.xml".to_owned(), "/Server/Ports/Offset".to_owned());
            Evidence::Rendered(vec![Wanted { file, path, value: Some(value.to_owned()) }])
        };
        let settings = vec![Decision { status: Status::Default, note: None, risk: Risk::Low }; 2];
        let mut decisions =
            Decisions { settings, evidence: vec![offset("3"), offset("4")], ..Decisions::default() };
        let customised = [setting("/a"), setting("/b")];
        let mut draft = target.base();
        assert!(draft.set(&Key::dotted("server.offset"), Value::Integer(3)));
        let destination = target.destination();
        let proof = prove(&customised, &mut decisions, &draft.text(), &target, destination.as_ref());
        assert_eq!(proof, None);
        let statuses: Vec<&str> =
            decisions.settings.iter().map(|decision| decision.status.as_str()).collect();
        assert_eq!(statuses, ["default", "manual"], "{:?}", decisions.notes);
    }

    #[test]
    fn a_place_that_failed_holds_no_secret() {
        let mut leaking = setting("/a/b[@url='jdbc:x://h?password=Zq9CanaryXw7']");
        leaking.value = Some("1".to_owned());
        let target = Target { version: Version::new(4, 4, 0), pack: Some(pack()) };
        let settings = vec![Decision { status: Status::Default, note: None, risk: Risk::Low }];
        let mut decisions =
            Decisions { settings, evidence: vec![wanted("a.xml", "2")], ..Decisions::default() };
        let proof = prove(&[leaking], &mut decisions, "[x]\ny = 1\n", &target, None).unwrap();
        assert!(proof.failed[0].ends_with("password=********']"), "{:?}", proof.failed);
    }

    #[test]
    fn nothing_holds_where_the_server_would_not_start() {
        let (proof, decisions) = proof(vec![wanted("a.xml", "1")], "[x]\ny = \"$ref{no.such.key}\"\n");
        assert_eq!((proof.proved, proof.failed.len()), (0, 1));
        assert!(decisions.notes.iter().any(|note| note.text.contains("would not start")));
    }
}
