//! Filters that make a text or a number.

use super::is_yes;
use crate::render::jinja::interpret::Renderer;
use crate::render::jinja::item::{Held, Item, ListClass, MAX_LENGTH, Text};
use crate::render::jinja::raised::Raised;
use crate::render::jinja::tags::{is_java_whitespace, java_trim};
use crate::render::jinja::tree::Dialect;

impl<'c> Renderer<'c> {
    pub(super) fn apply_text_filter(
        &mut self,
        item: &Item<'c>,
        name: &str,
        arguments: &[Held<'c>],
    ) -> Result<Item<'c>, Raised> {
        let of_text = |change: fn(&str) -> String| match item {
            Item::Text(text) => Item::text(change(text.as_str())),
            other => other.clone(),
        };
        match name {
            "lower" => Ok(of_text(|text| text.to_lowercase())),
            "upper" => Ok(of_text(|text| text.to_uppercase())),
            "capitalize" if self.dialect < Dialect::V2_6_0 => Ok(of_text(capitalized)),
            "capitalize" => Ok(of_text(|text| capitalized(&text.to_lowercase()))),
            "title" => match (self.dialect, item) {
                (Dialect::V2_4_14, _) => Ok(of_text(title)),
                (Dialect::V2_6_0, _) => Ok(of_text(|text| title(&text.to_lowercase()))),
                (Dialect::V2_7_2, Item::Null) => Ok(Item::Null),
                (Dialect::V2_7_2, _) => Ok(Item::text(title_of_words(&item.to_text(&self.arena)?))),
            },
            "string" => Ok(Item::text(item.to_text_with_null(&self.arena)?.as_ref())),
            "trim" => Ok(Item::text(java_trim(&item.to_text_with_null(&self.arena)?))),
            "tojson" => self.json(item),
            "forceescape" => force_escaped(&item.to_text(&self.arena)?).map(Item::text),
            "escape" | "e" => Ok(Item::text(escaped(&item.to_text(&self.arena)?))),
            "cut" => {
                let cut = self.required_text(name, arguments, 0)?;
                let text = item.to_text(&self.arena)?;
                Ok(Item::text(if cut.is_empty() { text.into_owned() } else { text.replace(&*cut, "") }))
            }
            "join" => self.join(item, arguments),
            "replace" => self.replace(item, arguments),
            "split" => self.split_filter(item, arguments),
            "wordcount" => {
                let text = item.to_text(&self.arena)?;
                let word = |letter: char| letter.is_alphanumeric() || letter == '_';
                let words = text.split(|letter| !word(letter)).filter(|word| !word.is_empty()).count();
                Ok(Item::Int(i32::try_from(words).unwrap_or(i32::MAX)))
            }
            "abs" => match item {
                Item::Null => Ok(Item::Null),
                Item::Int(value) => Ok(Item::Int(value.wrapping_abs())),
                Item::Long(value) => Ok(Item::Long(value.wrapping_abs())),
                Item::Float(value) => Ok(Item::Float(value.abs())),
                Item::Double(value) => Ok(Item::Double(value.abs())),
                _ => Err(Raised::unsupported("this renderer knows absolute values of numbers only")),
            },
            "int" => self.int(item, arguments),
            "float" => self.float(item, arguments),
            "bool" => {
                let text = item.to_text(&self.arena)?;
                Ok(Item::Bool(!item.is_null() && (&*text == "1" || is_yes(&text))))
            }
            "urlencode" => self.url_encode(item, arguments),
            _ => Err(Raised::unsupported(format!("this renderer does not know the filter `{name}`"))),
        }
    }

    fn join(&mut self, item: &Item<'c>, arguments: &[Held<'c>]) -> Result<Item<'c>, Raised> {
        let separator = match arguments.first() {
            Some(_) => match self.argument(arguments, 0)? {
                Some(separator) => separator,
                None if self.dialect >= Dialect::V2_7_2 => "null".into(),
                None => return Err(Raised::fatal("a list is joined by nothing")),
            },
            None => "".into(),
        };
        let attribute = self.argument(arguments, 1)?;
        let mut joined = String::new();
        for (at, element) in self.iterated(&item.clone().into()).into_iter().enumerate() {
            self.count_step()?;
            let element = match &attribute {
                Some(attribute) => self.chained_property(&element, attribute)?,
                None => element,
            };
            if at > 0 {
                joined.push_str(&separator);
            }
            joined.push_str(&element.item.to_text(&self.arena)?);
            if joined.len() > MAX_LENGTH {
                return Err(Raised::limit("the template makes too long a text"));
            }
        }
        Ok(Item::text(joined))
    }

    fn replace(&mut self, item: &Item<'c>, arguments: &[Held<'c>]) -> Result<Item<'c>, Raised> {
        if item.is_null() {
            return Ok(Item::Null);
        }
        if arguments.len() < 2 {
            return Err(Raised::fatal("the filter `replace` expects two arguments"));
        }
        if !matches!(item, Item::Text(_)) && self.dialect < Dialect::V2_6_0 {
            return Err(Raised::fatal(format!("the filter `replace` gets {}", item.describe())));
        }
        let text = item.to_text(&self.arena)?;
        let (from, to) = (self.argument(arguments, 0)?, self.argument(arguments, 1)?);
        let (Some(from), Some(to)) = (from, to) else { return Ok(Item::text(text.as_ref())) };
        let count = match self.argument(arguments, 2)? {
            Some(count) => {
                let count: i32 =
                    count.parse().map_err(|_| Raised::fatal("`replace` gets a count that is no number"))?;
                usize::try_from(count).unwrap_or(usize::MAX)
            }
            None => usize::MAX,
        };
        if from.is_empty() {
            return Ok(Item::text(text.as_ref()));
        }
        let found = text.matches(&*from).take(count).count();
        if text.len() + found.saturating_mul(to.len()) > MAX_LENGTH {
            return Err(Raised::limit("the template makes too long a text"));
        }
        Ok(Item::text(text.replacen(&*from, &to, count)))
    }

    /// Guava's `Splitter`: parts are trimmed, and empty ones left out.
    fn split_filter(&mut self, item: &Item<'c>, arguments: &[Held<'c>]) -> Result<Item<'c>, Raised> {
        let text = item.to_text(&self.arena)?.into_owned();
        let limit = self
            .argument(arguments, 1)?
            .and_then(|limit| limit.parse::<usize>().ok())
            .filter(|limit| *limit > 0);
        let parts: Vec<&str> = match (arguments.first(), limit) {
            (Some(_), _) if self.argument(arguments, 0)?.is_none_or(|separator| separator.is_empty()) => {
                return Err(Raised::fatal("the filter `split` gets an empty separator"));
            }
            (Some(_), limit) => {
                let separator = self.required_text("split", arguments, 0)?;
                match limit {
                    Some(limit) => split_at_most(&text, &separator, limit),
                    None => text.split(&*separator).collect(),
                }
            }
            (None, _) if self.dialect < Dialect::V2_6_0 => {
                return Err(Raised::fatal(
                    "the Guava of the packs does not know how this Jinjava splits at blanks",
                ));
            }
            (None, _) => text.split(char::is_whitespace).collect(),
        };
        let parts = parts
            .into_iter()
            .map(|part| part.trim_matches(char::is_whitespace))
            .filter(|part| !part.is_empty());
        let parts = parts.map(|part| Item::text(part).into()).collect();
        Ok(self.arena.list(parts, ListClass::Plain))
    }

    fn int(&mut self, item: &Item<'c>, arguments: &[Held<'c>]) -> Result<Item<'c>, Raised> {
        let default = self.argument(arguments, 0)?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let number: i64 = match item {
            Item::Null => default,
            number if number.int_value().is_some() && self.dialect < Dialect::V2_6_0 => {
                number.int_value().map_or(default, i64::from)
            }
            number if number.int_value().is_some() => number.to_long()?,
            other => match parse_us_number(java_trim(&other.to_text(&self.arena)?)) {
                Some(number) if self.dialect < Dialect::V2_6_0 => i64::from(number as i32),
                Some(number) => number as i64,
                None => default,
            },
        };
        let keeps = match self.dialect {
            Dialect::V2_4_14 => false,
            Dialect::V2_6_0 => number > i64::from(i32::MAX),
            Dialect::V2_7_2 => i32::try_from(number).is_err(),
        };
        Ok(if keeps { Item::Long(number) } else { Item::Int(number as i32) })
    }

    fn float(&mut self, item: &Item<'c>, arguments: &[Held<'c>]) -> Result<Item<'c>, Raised> {
        let default = self.argument(arguments, 0)?.and_then(|text| text.parse().ok()).unwrap_or(0.0);
        Ok(Item::Float(match item {
            Item::Null => default,
            Item::Float(value) => *value,
            Item::Int(_) | Item::Long(_) | Item::Double(_) => item.to_double()? as f32,
            other => parse_us_number(&other.to_text(&self.arena)?).map_or(default, |number| number as f32),
        }))
    }

    fn url_encode(&mut self, item: &Item<'c>, arguments: &[Held<'c>]) -> Result<Item<'c>, Raised> {
        match (item, self.argument(arguments, 0)?) {
            (Item::Null, None) => Ok(Item::text("")),
            (Item::Null, Some(text)) => Ok(Item::text(url_encoded(&text))),
            (Item::Map(map), _) => {
                let pairs =
                    map.entries.all(&self.arena).into_iter().map(|(key, value): (Text<'c>, Held<'c>)| {
                        let value = value.item.to_text_with_null(&self.arena)?.into_owned();
                        Ok(format!("{}={}", url_encoded(key.as_str()), url_encoded(&value)))
                    });
                Ok(Item::text(pairs.collect::<Result<Vec<_>, Raised>>()?.join("&")))
            }
            (other, _) => Ok(Item::text(url_encoded(&other.to_text(&self.arena)?))),
        }
    }
}

/// Guava's `Splitter` with a limit: the last part is all that is left, and empty parts do not count.
fn split_at_most<'t>(text: &'t str, separator: &str, limit: usize) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while parts.len() + 1 < limit
        && let Some((part, behind)) = rest.split_once(separator)
    {
        if !part.trim_matches(char::is_whitespace).is_empty() {
            parts.push(part);
        }
        rest = behind;
    }
    parts.push(rest);
    parts
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `WordUtils.capitalize`.
fn title(text: &str) -> String {
    let mut title = String::new();
    let mut first = true;
    for letter in text.chars() {
        if first {
            title.extend(letter.to_uppercase());
        } else {
            title.push(letter);
        }
        first = is_java_whitespace(letter);
    }
    title
}

/// `TitleFilter` since 2.6.1: the first letter of each word is raised, and the others lowered.
fn title_of_words(text: &str) -> String {
    let mut title = String::new();
    let mut raised = false;
    for letter in text.chars() {
        if is_java_whitespace(letter) {
            raised = false;
            title.push(letter);
        } else if raised {
            title.extend(letter.to_lowercase());
        } else {
            raised = letter.is_lowercase() || letter.is_uppercase();
            title.extend(letter.to_uppercase());
        }
    }
    title
}

/// `StringEscapeUtils.escapeHtml4`: unlike `escape` it leaves apostrophes, and it has names for letters.
fn force_escaped(text: &str) -> Result<String, Raised> {
    if !text.is_ascii() {
        return Err(Raised::unsupported("this renderer does not know the HTML entities of letters"));
    }
    Ok(escaped(text).replace("&#39;", "'"))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '>' => escaped.push_str("&gt;"),
            '<' => escaped.push_str("&lt;"),
            '\'' => escaped.push_str("&#39;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `URLEncoder.encode`.
fn url_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                encoded.push(char::from(byte))
            }
            b' ' => encoded.push('+'),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// `NumberFormat` of the English locale, all of the text or nothing: digits with commas among them, and a fraction.
fn parse_us_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = (!whole.is_empty() || !fraction.is_empty())
        && whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
        && !whole.starts_with(',')
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return None;
    }
    text.replace(',', "").parse().ok()
}
