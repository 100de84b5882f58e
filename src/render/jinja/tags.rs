//! The inside of a tag: its name, its whitespace control, and how `for` and `set` cut up the rest.

use super::tree::{Dialect, Extent};

/// A tag as Jinjava's `TagToken` reads it.
#[derive(Debug, Clone)]
pub(super) struct TagText {
    /// The name in lower case.
    pub name: String,
    /// What follows the name.
    pub helpers: Extent,
    /// `{%-`.
    pub left_trim: bool,
    /// `-%}`.
    pub right_trim: bool,
}

impl TagText {
    /// None for `{%}`, which Jinjava calls malformed.
    pub fn read(text: &str, tag: Extent) -> Option<Self> {
        if tag.end - tag.start < 4 {
            return None;
        }
        let (inner, left_trim, right_trim) =
            without_trim_marks(text, Extent::new(tag.start + 2, tag.end - 2));
        let content = inner.of(text);
        let mut name = None;
        let mut end = None;
        for (at, character) in content.char_indices() {
            if name.is_none() && is_identifier_start(character) {
                name = Some(at);
            } else if name.is_some() && !is_identifier_part(character) {
                end = Some(at);
                break;
            }
        }
        let (name, helpers) = match (name, end) {
            (Some(name), Some(end)) => {
                (content.get(name..end).unwrap_or_default(), Extent::new(inner.start + end, inner.end))
            }
            _ => (java_trim(content), Extent::new(inner.end, inner.end)),
        };
        Some(Self { name: name.to_lowercase(), helpers, left_trim, right_trim })
    }
}

/// Takes the hyphens of whitespace control off what stands between the delimiters of a tag or an expression.
pub(super) fn without_trim_marks(text: &str, inner: Extent) -> (Extent, bool, bool) {
    let (mut inner, mut left, mut right) = (inner, false, false);
    let bare = trimmed(text, inner, is_java_whitespace);
    if bare.of(text).starts_with('-') {
        inner = Extent::new(bare.start + 1, bare.end);
        left = true;
    }
    let bare = trimmed(text, inner, is_java_whitespace);
    if bare.of(text).ends_with('-') {
        inner = Extent::new(bare.start, bare.end - 1);
        right = true;
    }
    (inner, left, right)
}

/// The extent without characters at both ends that are `blank`.
pub(super) fn trimmed(text: &str, extent: Extent, blank: impl Fn(char) -> bool) -> Extent {
    let content = extent.of(text);
    let from_start = content.trim_start_matches(&blank);
    let start = extent.end - from_start.len();
    Extent::new(start, start + from_start.trim_end_matches(&blank).len())
}

/// `String.trim()`: everything up to the space counts as blank.
pub(super) fn java_trim(text: &str) -> &str {
    text.trim_matches(is_trimmed)
}

/// What `String.trim()` takes away.
pub(super) fn is_trimmed(character: char) -> bool {
    character <= ' '
}

/// `Character.isWhitespace`.
pub(super) fn is_java_whitespace(character: char) -> bool {
    match character {
        '\t'..='\r' | '\u{1C}'..=' ' => true,
        '\u{A0}' | '\u{2007}' | '\u{202F}' | '\u{85}' => false,
        _ => !character.is_ascii() && character.is_whitespace(),
    }
}

/// `Character.isJavaIdentifierStart`, for letters and the ASCII signs.
pub(super) fn is_identifier_start(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '_' | '$' | '€' | '£' | '¥' | '¢')
}

/// `Character.isJavaIdentifierPart`, likewise.
pub(super) fn is_identifier_part(character: char) -> bool {
    is_identifier_start(character)
        || character.is_numeric() && (character.is_ascii() || character.is_alphanumeric())
        || matches!(character, '\0'..='\u{8}' | '\u{E}'..='\u{1B}' | '\u{7F}'..='\u{9F}')
}

/// The words of a tag's helpers (`HelperStringTokenizer` with `splitComma`): cut at blanks and commas outside of quotes.
pub(super) fn words(text: &str, helpers: Extent) -> Vec<Extent> {
    let content = helpers.of(text);
    let mut words = Vec::new();
    let mut quote = None;
    let mut start = 0;
    let mut last = ' ';
    for (at, character) in content.char_indices() {
        let next = at + character.len_utf8();
        if matches!(character, '"' | '\'') {
            match quote {
                Some(open) if open == character => quote = None,
                Some(_) => {}
                None => quote = Some(character),
            }
        }
        if quote.is_none() && (is_java_whitespace(character) || character == ',') {
            if !(is_java_whitespace(last) || last == ',') {
                words.push(Extent::new(helpers.start + start, helpers.start + at));
            }
            start = next;
        } else if next == content.len() {
            words.push(Extent::new(helpers.start + start, helpers.end));
        }
        last = character;
    }
    words
}

/// The two halves of the helpers of a `for`.
pub(super) struct ForHelpers {
    /// The variables.
    pub names: Vec<Extent>,
    /// The text of the iterated expression, which Jinjava may have rewritten.
    pub iterable: String,
    /// Where each byte of `iterable` comes from.
    pub origins: Vec<usize>,
}

/// Cuts the helpers of a `for` (`ForTag.interpret`); None where there is no `in`.
pub(super) fn for_helpers(text: &str, helpers: Extent, dialect: Dialect) -> Option<ForHelpers> {
    if dialect < Dialect::V2_6_0 {
        for_helpers_by_words(text, helpers)
    } else {
        for_helpers_by_in(text, helpers)
    }
}

/// Since 2.5: the expression is what follows the first `in`.
fn for_helpers_by_in(text: &str, helpers: Extent) -> Option<ForHelpers> {
    let words = words(text, helpers);
    let names: Vec<Extent> = words.iter().copied().take_while(|word| word.of(text) != "in").collect();
    if names.len() >= words.len() {
        return None;
    }
    let content = helpers.of(text);
    let after = content
        .match_indices("in")
        .find(|(at, _)| {
            let before = content.get(..*at).and_then(|head| head.chars().next_back());
            let behind = content.get(at + 2..).and_then(|tail| tail.chars().next());
            before.is_some_and(is_regex_space) && behind.is_some_and(is_regex_space)
        })
        .map(|(at, _)| at + 3)?;
    let extent = trimmed(text, Extent::new(helpers.start + after, helpers.end), is_trimmed);
    Some(ForHelpers {
        names,
        iterable: extent.of(text).to_owned(),
        origins: (extent.start..extent.end).collect(),
    })
}

/// In 2.4: blanks are taken out of an expression without quotes, and the words left are joined by commas.
fn for_helpers_by_words(text: &str, helpers: Extent) -> Option<ForHelpers> {
    let (squeezed, origins) = squeezed(text, helpers);
    let words = words(&squeezed, Extent::new(0, squeezed.len()));
    let at = words.iter().position(|word| word.of(&squeezed) == "in")?;
    let (names, expression) = words.split_at(at);
    let origin = |at: usize| origins.get(at).copied().unwrap_or(helpers.end);
    let mut iterable = String::new();
    let mut mapped = Vec::new();
    for word in expression.iter().skip(1) {
        if !iterable.is_empty() {
            iterable.push(',');
            mapped.push(origin(word.start.saturating_sub(1)));
        }
        iterable.push_str(word.of(&squeezed));
        mapped.extend((word.start..word.end).map(origin));
    }
    let names = names.iter().map(|name| Extent::new(origin(name.start), origin(name.end - 1) + 1)).collect();
    Some(ForHelpers { names, iterable, origins: mapped })
}

/// The helpers of a `for` with the spaces of the expression gone, and where each byte comes from.
fn squeezed(text: &str, helpers: Extent) -> (String, Vec<usize>) {
    let content = helpers.of(text);
    let unchanged = || (content.to_owned(), (helpers.start..helpers.end).collect());
    let parts = split_at_in(content);
    let [head, tail] = parts.as_slice() else { return unchanged() };
    if tail.of(content).contains(['\'', '"']) {
        return unchanged();
    }
    let mut squeezed = format!("{} in ", head.of(content));
    let mut origins: Vec<usize> = (helpers.start + head.start..helpers.start + head.end).collect();
    origins.resize(squeezed.len(), helpers.start + head.end);
    for (at, character) in tail.of(content).char_indices().filter(|(_, character)| *character != ' ') {
        squeezed.push(character);
        let from = helpers.start + tail.start + at;
        origins.extend(from..from + character.len_utf8());
    }
    (squeezed, origins)
}

/// `split("\\s+in\\s+")`: trailing empty parts are dropped.
fn split_at_in(content: &str) -> Vec<Extent> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut from = 0;
    while let Some(found) = content.get(from..).and_then(|rest| rest.find("in")) {
        let at = from + found;
        let head = content.get(start..at).unwrap_or_default();
        let tail = content.get(at + 2..).unwrap_or_default();
        let bare_head = head.trim_end_matches(is_regex_space);
        let bare_tail = tail.trim_start_matches(is_regex_space);
        if bare_head.len() < head.len() && bare_tail.len() < tail.len() {
            parts.push(Extent::new(start, start + bare_head.len()));
            start = content.len() - bare_tail.len();
            from = start;
        } else {
            from = at + 2;
        }
    }
    parts.push(Extent::new(start, content.len()));
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

fn is_regex_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\u{B}' | '\u{C}' | '\r')
}
