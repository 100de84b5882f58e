//! The files behind the places that name key stores: what they hold, or that they are missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::files::Files;
use crate::model::keys::{KeyStore, MissingFile};
use crate::syntax::hexadecimal;
use crate::syntax::key_store::KeyStoreFile;

/// Folder that key stores lie in.
const FOLDER: &str = "repository/resources/security";
/// Ends of the names of key stores.
const ENDINGS: [&str; 5] = [".jks", ".jceks", ".p12", ".pfx", ".keystore"];
/// The stores that every pack has.
const SHIPPED: [&str; 2] = ["client-truststore.jks", "wso2carbon.jks"];
/// A longer file is no key store that anybody has; its digest alone is taken.
const LONGEST_STORE: usize = 8 << 20;

/// A file that the input holds.
#[derive(Clone)]
struct Held {
    digest: String,
    content: Option<Arc<KeyStoreFile>>,
}

/// Fills in what the files say. A bare name lies in the folder of key stores if `bare_in_folder`, else in the home.
pub(super) fn look_into(stores: &mut [KeyStore], files: &mut Files, bare_in_folder: bool) {
    let mut known: BTreeMap<String, Option<Held>> = BTreeMap::new();
    for store in stores {
        let Some(path) = store.location.text().and_then(|text| home_path(text, bare_in_folder)) else {
            continue;
        };
        let held = known.entry(path.clone()).or_insert_with(|| held(files, &path)).clone();
        match held {
            Some(Held { digest, content }) => {
                store.digest = Some(digest);
                store.content = content;
            }
            None => store.missing = missing(files, path),
        }
    }
}

fn home_path(location: &str, bare_in_folder: bool) -> Option<String> {
    let path = location.trim_start_matches("${carbon.home}").trim_start_matches(['.', '/']);
    if path.is_empty() || path.contains(['$', '{', '<']) {
        return None;
    }
    let is_bare = bare_in_folder && !path.contains('/');
    Some(if is_bare { format!("{FOLDER}/{path}") } else { path.to_owned() })
}

fn held(files: &mut Files, path: &str) -> Option<Held> {
    let bytes = files.bytes(path)?;
    let digest = hexadecimal(Sha256::digest(&bytes));
    let content = if bytes.len() <= LONGEST_STORE { KeyStoreFile::read(&bytes) } else { None };
    Some(Held { digest, content: content.map(Arc::new) })
}

/// Absence proves something only in a folder that has key stores. An overlay leaves out what the pack has.
fn missing(files: &Files, path: String) -> Option<MissingFile> {
    let name = path.strip_prefix(FOLDER)?.strip_prefix('/')?.to_owned();
    let beside = files.list(FOLDER);
    let names: Vec<&str> =
        beside.iter().filter_map(|path| path.strip_prefix(FOLDER)?.strip_prefix('/')).collect();
    let has_stores = names.iter().any(|name| {
        let name = name.to_ascii_lowercase();
        ENDINGS.iter().any(|ending| name.ends_with(ending))
    });
    if files.has(&path) || !has_stores || (!files.is_home() && SHIPPED.contains(&name.as_str())) {
        return None;
    }
    let similar =
        names.iter().find(|other| other.eq_ignore_ascii_case(&name)).map(|other| (*other).to_owned());
    Some(MissingFile { path, similar })
}
