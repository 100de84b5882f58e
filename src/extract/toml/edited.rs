//! Files that the server rendered when it last started and that somebody edited since: the next start writes them anew.

use md5::{Digest, Md5};

use super::DEPLOYMENT;
use crate::extract::files::Files;
use crate::input::PackFiles;
use crate::model::deployment_toml::EditedFile;
use crate::model::{Node, Version};
use crate::render::phases::Environment;
use crate::render::{DeploymentToml, Pack, render};
use crate::source::{FileId, Span};
use crate::syntax::{hexadecimal, properties};

/// Where the server notes the MD5 of each file that it rendered.
const RENDERED: &str = "repository/resources/conf/.metadata/metadata_config.properties";

/// Where templates and rule files lie in a home.
const RESOURCES: &str = "repository/resources/conf/";

/// Files of the cipher tool, which writes them itself.
const OF_CIPHER_TOOL: &str = "repository/conf/security/";

/// TLS profiles of the gateway, in which the server itself names a copy of the trust store when it starts
/// (`CertificateManagerImpl`).
const OF_SERVER: [&str; 2] =
    ["repository/resources/security/sslprofiles.xml", "repository/resources/security/listenerprofiles.xml"];

/// Start scripts; with this option they keep the server from rendering.
const SCRIPTS: [&str; 2] = ["bin/api-manager.sh", "bin/wso2server.sh"];
const AVOIDS_RENDERING: &str = "-DavoidConfigUpdate";

/// The files that differ from what deployment.toml renders, where they are no longer what the server wrote. Templates are
/// rendered for those alone.
pub(super) fn edited_files(node: &Node, files: &mut Files) -> Vec<EditedFile> {
    if avoids_rendering(files) {
        return Vec::new();
    }
    let changed = changed_files(files);
    if changed.is_empty() {
        return Vec::new();
    }
    let rendered = rendered(node.version, &changed, files).unwrap_or_default();
    let places = rendered.into_iter().filter_map(|(path, text)| Some((place(&path, &text, files)?, path)));
    places.map(|(place, path)| EditedFile { path, place }).collect()
}

fn avoids_rendering(files: &mut Files) -> bool {
    let says = |script: &&str| files.text(script).is_some_and(|(_, text)| text.contains(AVOIDS_RENDERING));
    SCRIPTS.iter().any(says)
}

/// The rendered files whose MD5 is another one than the server noted. Where that holds for most of them, a copy tool
/// changed line ends, and the notes tell nothing.
fn changed_files(files: &mut Files) -> Vec<String> {
    let Some(bytes) = files.bytes(RENDERED) else { return Vec::new() };
    let noted = properties::parse(FileId::NOWHERE, &String::from_utf8_lossy(&bytes));
    let (mut changed, mut same) = (Vec::new(), 0_usize);
    for property in &noted.properties {
        let path = property.key.text.replace('\\', "/");
        let is_rendered = files.has(&format!("{RESOURCES}{}", PackFiles::template_of(&path)));
        if !is_rendered || path.starts_with(OF_CIPHER_TOOL) || OF_SERVER.contains(&path.as_str()) {
            continue;
        }
        let Some(bytes) = files.bytes(&path) else { continue };
        if hexadecimal(Md5::digest(bytes)) == property.value.text.trim().to_ascii_lowercase() {
            same += 1;
        } else {
            changed.push(path);
        }
    }
    if changed.len() > same { Vec::new() } else { changed }
}

/// What deployment.toml makes of some outputs.
fn rendered(
    version: Option<Version>,
    outputs: &[String],
    files: &mut Files,
) -> Option<Vec<(String, String)>> {
    let read = |path: &str, files: &mut Files| {
        files.bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let toml = DeploymentToml::decode(DEPLOYMENT, &files.bytes(DEPLOYMENT)?);
    let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let product = version?.to_string();
    let pack = Pack::of_texts("", &product, &outputs, |path| read(&format!("{RESOURCES}{path}"), files))?;
    let environment = Environment { keep_unresolved: true, ..Environment::default() };
    let rendering = render(&pack, &toml, &environment).ok()?;
    let texts = rendering.files.iter().map(|file| (file.path.clone(), file.text().to_owned()));
    // What the environment fills in is not known.
    Some(texts.filter(|(_, text)| !text.contains("$env{") && !text.contains("$sys{")).collect())
}

/// The first line that is another one than the rendered one; `None` where only white space differs.
fn place(path: &str, rendered: &str, files: &mut Files) -> Option<Span> {
    let (file, text) = files.text(path)?;
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    if bare(text) == bare(rendered) {
        return None;
    }
    let mut wanted = rendered.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut at = 0;
    let mut last = Span::new(file, 0, 0);
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let trimmed = line.trim();
        if !trimmed.is_empty() {
            last = Span::new(file, start, start + trimmed.len());
            if wanted.next() != Some(trimmed) {
                break;
            }
        }
    }
    Some(last)
}
