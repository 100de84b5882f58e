//! JSON as `Gson.fromJson(reader, Map.class)` reads it: lenient, numbers as doubles, no key twice at the top.

use crate::render::value::{Map, Value};

/// Deeper nesting is refused. Gson itself goes on until its stack is full.
const DEEPEST: usize = 512;

/// Why a text is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFault {
    /// Byte offset in the text.
    pub offset: usize,
    /// In an operator's words, one clause.
    pub reason: String,
}

/// Reads a JSON object.
///
/// Accepted beyond JSON, as in Gson's lenient mode: comments (`//`, `#`, `/* */`), unquoted and single-quoted
/// texts, `;` for `,`, `=` and `=>` for `:`, missing array elements (which are null). Of a key that is
/// written twice in an inner object the last one counts, in the place of the first.
pub fn read_object(text: &str) -> Result<Map, JsonFault> {
    let mut reader = Reader { text, offset: 0 };
    if text.starts_with('\u{feff}') {
        reader.offset = '\u{feff}'.len_utf8();
    }
    let Some('{') = reader.next_token()? else {
        return Err(reader.fault("a JSON object, { … }, is expected here"));
    };
    reader.offset += 1;
    let object = reader.object(1, Twice::Refused)?;
    let rest = reader.rest().trim_start_matches([' ', '\t', '\n', '\r']);
    reader.offset = text.len() - rest.len();
    if rest.is_empty() { Ok(object) } else { Err(reader.fault("nothing may follow the closing brace")) }
}

#[derive(Clone, Copy, PartialEq)]
enum Twice {
    Refused,
    LastCounts,
}

struct Reader<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn fault(&self, reason: impl Into<String>) -> JsonFault {
        JsonFault { offset: self.offset, reason: reason.into() }
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next character that is neither white space nor part of a comment; it stays unread.
    fn next_token(&mut self) -> Result<Option<char>, JsonFault> {
        loop {
            let rest = self.rest().trim_start_matches([' ', '\t', '\n', '\r']);
            self.offset = self.text.len() - rest.len();
            if rest.starts_with("/*") {
                let end = rest.get(2..).and_then(|inner| inner.find("*/"));
                self.offset += end.ok_or_else(|| self.fault("this comment is not closed"))? + 4;
            } else if rest.starts_with("//") || rest.starts_with('#') {
                self.offset += rest.find(['\n', '\r']).unwrap_or(rest.len());
            } else {
                return Ok(rest.chars().next());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonFault> {
        if depth > DEEPEST {
            return Err(self.fault("the file is nested too deeply"));
        }
        match self.next_token()? {
            Some('{') => {
                self.offset += 1;
                self.object(depth + 1, Twice::LastCounts).map(Value::Map)
            }
            Some('[') => {
                self.offset += 1;
                self.array(depth + 1).map(Value::List)
            }
            Some(quote @ ('"' | '\'')) => self.quoted(quote).map(Value::Text),
            _ => self.literal(),
        }
    }

    /// The entries of an object whose `{` is read.
    fn object(&mut self, depth: usize, twice: Twice) -> Result<Map, JsonFault> {
        let mut map = Map::new();
        if self.next_token()? == Some('}') {
            self.offset += 1;
            return Ok(map);
        }
        loop {
            self.next_token()?;
            let start = self.offset;
            let key = self.name()?;
            self.colon()?;
            let value = self.value(depth)?;
            let before = map.insert(key.clone(), value);
            if twice == Twice::Refused && before.is_some_and(|value| value != Value::Null) {
                self.offset = start;
                return Err(self.fault(format!("the key \"{key}\" is written twice; remove one of the two")));
            }
            match self.next_token()? {
                Some('}') => {
                    self.offset += 1;
                    return Ok(map);
                }
                Some(',' | ';') => self.offset += 1,
                _ => return Err(self.fault("a comma or a closing brace is expected here")),
            }
        }
    }

    fn name(&mut self) -> Result<String, JsonFault> {
        match self.next_token()? {
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            Some('}') => Err(self.fault("a key is expected here; remove the comma before the closing brace")),
            _ => match self.unquoted() {
                "" => Err(self.fault("a key in double quotes is expected here")),
                name => Ok(name.to_owned()),
            },
        }
    }

    fn colon(&mut self) -> Result<(), JsonFault> {
        match self.next_token()? {
            Some(':') => self.offset += 1,
            Some('=') => self.offset += if self.rest().starts_with("=>") { 2 } else { 1 },
            _ => return Err(self.fault("a colon is expected here")),
        }
        Ok(())
    }

    /// The elements of an array whose `[` is read.
    fn array(&mut self, depth: usize) -> Result<Vec<Value>, JsonFault> {
        let mut items = Vec::new();
        if self.next_token()? == Some(']') {
            self.offset += 1;
            return Ok(items);
        }
        loop {
            items.push(match self.next_token()? {
                Some(',' | ';' | ']') => Value::Null,
                _ => self.value(depth)?,
            });
            match self.next_token()? {
                Some(']') => {
                    self.offset += 1;
                    return Ok(items);
                }
                Some(',' | ';') => self.offset += 1,
                _ => return Err(self.fault("a comma or a closing bracket is expected here")),
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, JsonFault> {
        let start = self.offset;
        self.offset += 1;
        let rest = self.rest();
        let end = rest.find(['\\', quote]).filter(|end| rest.as_bytes().get(*end) != Some(&b'\\'));
        if let Some(plain) = end.and_then(|end| rest.get(..end)) {
            self.offset += plain.len() + 1;
            return Ok(plain.to_owned());
        }
        let mut units = Vec::new();
        while let Some(next) = self.peek() {
            self.offset += next.len_utf8();
            match next {
                '\\' => units.push(self.escape()?),
                _ if next == quote => return Ok(String::from_utf16_lossy(&units)),
                _ => units.extend_from_slice(next.encode_utf16(&mut [0; 2])),
            }
        }
        self.offset = start;
        Err(self.fault("this text is not closed; a quote is missing"))
    }

    /// One UTF-16 unit of the escape whose backslash is read.
    fn escape(&mut self) -> Result<u16, JsonFault> {
        let bad = self.fault("this escape is none that JSON knows; write \\\\ for a backslash");
        let next = self.peek().ok_or_else(|| bad.clone())?;
        self.offset += next.len_utf8();
        Ok(match next {
            'n' | '\n' => 0x0a,
            't' => 0x09,
            'r' => 0x0d,
            'b' => 0x08,
            'f' => 0x0c,
            '"' | '\'' | '\\' | '/' => u16::try_from(u32::from(next)).unwrap_or_default(),
            'u' => {
                let digits =
                    self.rest().get(..4).filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()));
                self.offset += 4;
                digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).ok_or(bad)?
            }
            _ => return Err(bad),
        })
    }

    /// The characters up to the next one that ends an unquoted text.
    fn unquoted(&mut self) -> &'a str {
        const ENDS: [char; 16] =
            ['/', '\\', ';', '#', '=', '{', '}', '[', ']', ':', ',', ' ', '\t', '\u{c}', '\r', '\n'];
        let rest = self.rest();
        let run = rest.find(ENDS).and_then(|end| rest.get(..end)).unwrap_or(rest);
        self.offset += run.len();
        run
    }

    fn literal(&mut self) -> Result<Value, JsonFault> {
        let run = self.unquoted();
        Ok(match run.to_ascii_lowercase().as_str() {
            "" => return Err(self.fault("a value is expected here")),
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ if is_number(run) => Value::Double(run.parse().unwrap_or_default()),
            _ => Value::Text(run.to_owned()),
        })
    }
}

/// Whether a literal is a number of JSON's grammar; all others are texts.
fn is_number(run: &str) -> bool {
    let rest = run.strip_prefix('-').unwrap_or(run);
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::java::value_of;

    fn read(text: &str) -> String {
        match read_object(text) {
            Ok(map) => value_of(&Value::Map(map)),
            Err(fault) => format!("{}: {}", fault.offset, fault.reason),
        }
    }

    #[test]
    fn json_keeps_its_order_and_numbers_are_doubles() {
        assert_eq!(
            read(r#"{"b": 1, "a": {"d": true, "c": null}, "e": [1.5, "x\u0041\n", 1e3]}"#),
            "{b=1.0, a={d=true, c=null}, e=[1.5, xA\n, 1000.0]}"
        );
    }

    #[test]
    fn what_gson_takes_beyond_json_is_taken() {
        assert_eq!(
            read("# c\n{a: 'b'; // d\n 'c' => TRUE /* e */, \"n\"=01, \"t\": NaN}"),
            "{a=b, c=true, n=01, t=NaN}"
        );
        assert_eq!(read("{\"a\": [1,,2,]}"), "{a=[1.0, null, 2.0, null]}");
        assert_eq!(read("{\"a\": [,]}"), "{a=[null, null]}");
        assert_eq!(read("\u{feff}{}"), "{}");
    }

    #[test]
    fn a_key_twice_is_refused_at_the_top_only() {
        assert_eq!(read(r#"{"o": {"k": 1, "l": 2, "k": 3}}"#), "{o={k=3.0, l=2.0}}");
        assert_eq!(read(r#"{"k": 1, "k": 2}"#), "9: the key \"k\" is written twice; remove one of the two");
        assert_eq!(read(r#"{"k": null, "k": 2}"#), "{k=2.0}");
    }

    #[test]
    fn faults_say_where() {
        for (text, expected) in [
            ("", "0: a JSON object, { … }, is expected here"),
            ("{\"a\": 1,}", "8: a key is expected here; remove the comma before the closing brace"),
            ("{\"a\" 1}", "5: a colon is expected here"),
            ("{\"a\": }", "6: a value is expected here"),
            ("{\"a\": \"b}", "6: this text is not closed; a quote is missing"),
            ("{\"a\": \"\\q\"}", "8: this escape is none that JSON knows; write \\\\ for a backslash"),
            ("{\"a\": 1 \"b\": 2}", "8: a comma or a closing brace is expected here"),
            ("{} // end", "3: nothing may follow the closing brace"),
            ("{ /* ", "2: this comment is not closed"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert!(read(&format!("{{\"a\": {}", "[".repeat(100_000))).ends_with("nested too deeply"));
    }
}
