//! What a node has that the untouched pack of its version has not, and the other way round.

mod align;
mod beside;
mod files;

use std::collections::BTreeSet;
use std::ops::Range;

use self::align::{Difference, differences};
use self::files::Comparison;
use super::{Change, Customised, Legacy};
use crate::catalog::vanilla::Pack;
use crate::diagnostic::Unread;
use crate::input::{Parsed, Tree};
use crate::model::{Node, settings};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::syntax::secrets;
use crate::syntax::settings::paths::Separator;
use crate::syntax::settings::{Form, Setting};

/// Compares a node, all of whose files were read, with the pack of its version. What `unread` says of other nodes is
/// passed over.
pub fn legacy<'a>(node: &'a Node, sources: &Sources, tree: &Tree, unread: &[Unread]) -> Legacy<'a> {
    let pack = settings::pack(node);
    let mut customised = Vec::new();
    let owned = sources.owners.get(node.index).map_or(&[][..], |owner| owner.files.as_slice());
    for source in owned.iter().filter(|source| !source.absent) {
        let document = node.documents.get(&source.path);
        match (files::comparison(&source.path, pack), document) {
            (Comparison::Settings, Some((id, parsed))) => {
                customised.extend(File::new(*id, source, parsed).customised(pack));
            }
            (Comparison::Whole, document) => {
                customised.extend(whole_file(node, source, document.map(|(_, parsed)| parsed), pack));
            }
            _ => {}
        }
    }
    customised.extend(files::customised(node, tree, unread, pack));
    customised.sort_by(|left, right| {
        (&left.file, left.span.start, &left.path).cmp(&(&right.file, right.span.start, &right.path))
    });
    Legacy { node, pack, customised }
}

/// A file that is compared as a whole, if it differs. `None` for `parsed` is any text; what does not parse is told elsewhere.
fn whole_file(
    node: &Node,
    source: &SourceFile,
    parsed: Option<&Parsed>,
    pack: Option<&Pack>,
) -> Option<Customised> {
    let path = source.path.as_str();
    let own = match (parsed, Form::of(path)) {
        (Some(parsed), _) => settings::written(parsed),
        (None, Form::Text) => Form::Text.settings(FileId::NOWHERE, &source.text).ok()?,
        (None, _) => return None,
    };
    let Some(pack) = pack.filter(|pack| pack.has(path)) else {
        return Some(files::whole(node, path, Change::FileAdded, 1));
    };
    let vanilla = settings::vanilla_settings(pack, path);
    let differs = !differences(path, &own, &vanilla).is_empty();
    differs.then(|| files::whole(node, path, Change::FileChanged, 1))
}

/// One file of the node.
struct File<'a> {
    path: &'a str,
    id: FileId,
    source: &'a SourceFile,
    parsed: &'a Parsed,
    separator: Separator,
    secrets: Vec<Range<usize>>,
    comments: Vec<(Span, &'a str)>,
}

impl<'a> File<'a> {
    fn new(id: FileId, source: &'a SourceFile, parsed: &'a Parsed) -> Self {
        let path = source.path.as_str();
        Self {
            path,
            id,
            source,
            parsed,
            separator: Separator::of(path),
            secrets: secrets::secret_ranges(path, &source.text),
            comments: beside::comments(parsed),
        }
    }

    fn customised(&self, pack: Option<&Pack>) -> Vec<Customised> {
        let mut own = settings::written(self.parsed);
        let mut vanilla = pack.map(|pack| settings::vanilla_settings(pack, self.path)).unwrap_or_default();
        own.retain(says_something);
        vanilla.retain(says_something);
        let mut used: BTreeSet<String> = own.iter().map(|setting| setting.path.clone()).collect();
        let found = differences(self.path, &own, &vanilla).into_iter();
        found
            .filter_map(|difference| match difference {
                Difference::Changed(own_index, other) => {
                    Some(self.written(own.get(own_index)?, vanilla.get(other), 0))
                }
                Difference::Left { setting, opens } => Some(self.written(own.get(setting)?, None, opens)),
                Difference::Right(other) => Some(self.removed(vanilla.get(other)?, &own, &mut used)),
                Difference::Renamed(to, from) => Some(self.moved(&to, &from, &own)),
            })
            .collect()
    }

    /// A setting of the node. `opens` is the number of elements around it that begin with it and are new as well.
    fn written(&self, setting: &Setting, vanilla: Option<&Setting>, opens: usize) -> Customised {
        let secret = self.is_secret(&setting.path);
        let change = if vanilla.is_some() { Change::Changed } else { Change::Added };
        Customised {
            shown: Some(self.shown(&setting.value, secret, setting.span)),
            vanilla_shown: vanilla.map(|vanilla| shown(&vanilla.value, secret)),
            comment: beside::comment(self.source, &self.comments, setting.span, opens),
            vanilla: vanilla.map(|vanilla| vanilla.value.clone()),
            ..self.place(setting.path.clone(), change, Some(setting.value.clone()), secret, setting.span)
        }
    }

    fn is_secret(&self, path: &str) -> bool {
        secrets::holds_secrets_only(self.path) || self.separator.names_secret(path)
    }

    /// A setting of the pack that the node does not have.
    fn removed(&self, vanilla: &Setting, own: &[Setting], used: &mut BTreeSet<String>) -> Customised {
        let secret = self.is_secret(&vanilla.path);
        let commented = beside::commented_out(&self.comments, self.separator, vanilla);
        let change = if commented.is_some() { Change::CommentedOut } else { Change::Removed };
        let span = commented.unwrap_or_else(|| self.holder(&vanilla.path, own));
        Customised {
            vanilla: Some(vanilla.value.clone()),
            vanilla_shown: Some(shown(&vanilla.value, secret)),
            ..self.place(unused(&vanilla.path, used), change, None, secret, span)
        }
    }

    /// The port of a connector, which names it.
    fn moved(&self, to: &str, from: &str, own: &[Setting]) -> Customised {
        let port = |path: &str| path.rsplit('\'').nth(1).unwrap_or_default().to_owned();
        let inside =
            |setting: &&Setting| setting.path.strip_prefix(to).is_some_and(|rest| rest.starts_with('/'));
        let span = own.iter().find(inside).map_or_else(|| self.start(), |setting| setting.span);
        Customised {
            vanilla: Some(port(from)),
            vanilla_shown: Some(port(from)),
            shown: Some(port(to)),
            ..self.place(format!("{to}/@port"), Change::Changed, Some(port(to)), false, span)
        }
    }

    fn place(
        &self,
        path: String,
        change: Change,
        value: Option<String>,
        secret: bool,
        span: Span,
    ) -> Customised {
        Customised {
            file: self.path.to_owned(),
            path,
            change,
            value,
            vanilla: None,
            span,
            line: self.source.position(span.start).line,
            secret,
            shown: None,
            vanilla_shown: None,
            comment: None,
        }
    }

    fn start(&self) -> Span {
        match self.parsed {
            Parsed::Xml(document) => document.root.start_tag,
            _ => Span::new(self.id, 0, 0),
        }
    }

    /// What should hold a setting that is not there: the nearest setting in the innermost element around it.
    fn holder(&self, path: &str, own: &[Setting]) -> Span {
        let mut around = self.separator.parent(path);
        while let Some(element) = around {
            let inside = |setting: &&Setting| {
                setting
                    .path
                    .strip_prefix(element)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.', '[']))
            };
            if let Some(setting) = own.iter().find(inside) {
                return setting.span;
            }
            around = self.separator.parent(element);
        }
        self.start()
    }

    /// The value as reports may show it: without the secrets that stand at its place.
    fn shown(&self, value: &str, secret: bool, span: Span) -> String {
        if secret {
            return shown(value, true);
        }
        let hidden = shown(value, false);
        if hidden != value {
            return hidden;
        }
        // Only the file tells that it is one, as the name of the element around it does.
        let (start, end) = (span.start as usize, span.end as usize);
        let mut masked = value.to_owned();
        for range in self.secrets.iter().filter(|range| range.start < end && start < range.end) {
            let text = self.source.text.get(range.clone()).unwrap_or("").trim();
            let plain =
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            for part in
                [text, plain.as_str()].into_iter().filter(|part| !part.is_empty() && *part != secrets::MASK)
            {
                masked = masked.replace(part, secrets::MASK);
            }
        }
        masked
    }
}

/// Axis2 takes a parameter for unlocked unless it says otherwise.
fn says_something(setting: &Setting) -> bool {
    setting.value != "false" || !setting.path.ends_with("/@locked")
}

/// A value as reports may show it. What only names a secret is none.
fn shown(value: &str, secret: bool) -> String {
    let is_reference = value.starts_with('$') && value.ends_with('}') && value.matches('}').count() == 1;
    secrets::shown(value, secret && !value.is_empty() && !is_reference)
}

/// The path, or where a setting of the node has it already, the next one that is free.
fn unused(path: &str, used: &mut BTreeSet<String>) -> String {
    let mut free = path.to_owned();
    let mut position = 2;
    while !used.insert(free.clone()) {
        free = format!("{path}[{position}]");
        position += 1;
    }
    free
}
