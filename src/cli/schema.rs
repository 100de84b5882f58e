//! `apimlint schema`.

use super::Status;
use super::arguments::Schema;
use super::keys::{Subject, subject};
use super::terminal;
use crate::model::Version;
use crate::target::embedded;
use crate::target::keys::Index;
use crate::target::schema;

pub(super) fn run(arguments: &Schema) -> Status {
    match subject(arguments.to, arguments.pack.as_deref()) {
        Ok(subject) if terminal::print(text(&subject).as_bytes()) => Status::Clean,
        Ok(_) => Status::Failed,
        Err(reason) => {
            terminal::note(&format!("error: {reason}"));
            Status::Failed
        }
    }
}

fn text(subject: &Subject) -> String {
    match subject {
        Subject::Version(version) => schema::embedded::of_version(version).unwrap_or_default(),
        Subject::Pack { version, .. } => {
            let index = subject.index();
            let version = version.as_deref().and_then(Version::parse);
            let is_older = |other: &str| {
                version.is_some_and(|own| Version::parse(other).is_some_and(|other| other < own))
            };
            let older: Vec<_> = embedded::all()
                .filter(|embedded| is_older(embedded.version))
                .map(|embedded| (embedded.version, Index::of_version(embedded.version)))
                .collect();
            let retired = schema::embedded::retired(&index, &older);
            schema::write(&schema::of(subject.name(), &index, &retired))
        }
    }
}
