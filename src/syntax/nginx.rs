//! nginx configuration as a tree of directives.

use super::{Scalar, SyntaxError};
use crate::source::{FileId, Span};

/// One directive: `name args;` or `name args { block }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The first word.
    pub name: Scalar,
    /// The words behind it, quotes removed.
    pub args: Vec<Scalar>,
    /// From the first word to `;`, or to `{` where a block follows: what a label points at. It ends with the last word.
    pub span: Span,
    /// The block, if there is one; that of a Lua block is empty.
    pub block: Option<Vec<Directive>>,
}

/// A parsed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The directives in file order.
    pub directives: Vec<Directive>,
    /// `#` comments: place and text behind the `#`.
    pub comments: Vec<(Span, String)>,
}

impl Directive {
    /// Directives of this name directly in the block.
    pub fn inside<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> + 'a {
        self.block.iter().flatten().filter(move |directive| directive.name.text == name)
    }
}

/// Blocks nest no deeper than this; real files stay below ten.
const DEEPEST: usize = 64;

/// Parses one file; includes are followed by `input`, which owns the files. Words, quotes and escapes are read as
/// nginx's `ngx_conf_read_token` reads them.
pub fn parse(file: FileId, text: &str) -> Result<Document, SyntaxError> {
    let mut lexer = Lexer { file, text, at: 0, comments: Vec::new() };
    let mut open: Vec<Open> = Vec::new();
    let mut done = Vec::new();
    let mut words: Vec<Scalar> = Vec::new();
    let mut suspect = None;
    loop {
        let start = lexer.skip_blanks();
        match lexer.mark() {
            Mark::Word => words.push(lexer.word()?),
            Mark::Semicolon => {
                let Some(directive) = Directive::new(&mut words) else {
                    return Err(lexer.error(
                        start,
                        start + 1,
                        "`;` ends nothing: no directive stands before it",
                    ));
                };
                lexer.at += 1;
                done.push(directive);
            }
            Mark::Open => {
                if let Some(end) = lexer.template_end() {
                    return Err(lexer.error(start, end, TEMPLATE));
                }
                let Some(mut directive) = Directive::new(&mut words) else {
                    return Err(lexer.error(start, start + 1, "`{` opens a block that has no name"));
                };
                lexer.at += 1;
                if directive.name.text.ends_with("by_lua_block") {
                    if !lexer.skip_lua() {
                        return Err(SyntaxError::at(directive.span, UNCLOSED));
                    }
                    directive.block = Some(Vec::new());
                    done.push(directive);
                    continue;
                }
                if open.len() >= DEEPEST {
                    let reason = format!("blocks nest deeper than {DEEPEST}");
                    return Err(SyntaxError::at(directive.span, reason));
                }
                let indent = indent(text, directive.span.start as usize);
                open.push(Open { directive, before: std::mem::take(&mut done), indent });
            }
            Mark::Close => {
                if let Some(last) = words.last() {
                    return Err(SyntaxError::at(last.span, UNENDED));
                }
                let Some(mut closed) = open.pop() else {
                    return Err(lexer.error(start, start + 1, "`}` closes nothing: no block is open here"));
                };
                // Where the brace stands under the start of an outer block, this one was probably left open.
                let here = indent(text, start);
                if suspect.is_none()
                    && here.is_some()
                    && here != closed.indent
                    && open.iter().any(|outer| outer.indent == here)
                {
                    suspect = Some(closed.directive.span);
                }
                lexer.at += 1;
                closed.directive.block = Some(std::mem::replace(&mut done, closed.before));
                done.push(closed.directive);
            }
            Mark::Template(end) => return Err(lexer.error(start, end, TEMPLATE)),
            Mark::End => break,
        }
    }
    if let Some(last) = words.last() {
        return Err(SyntaxError::at(last.span, UNENDED));
    }
    if let Some(innermost) = open.last() {
        let span = suspect.unwrap_or(innermost.directive.span);
        return Err(SyntaxError::at(span, UNCLOSED));
    }
    Ok(Document { directives: done, comments: lexer.comments })
}

const UNCLOSED: &str = "block is never closed: its `}` is missing";
const UNENDED: &str = "`;` is missing behind this";
const TEMPLATE: &str = "this is template text, not nginx configuration: give the file that it renders to";

/// A block that is not closed yet.
struct Open<'a> {
    directive: Directive,
    /// What stands before it in the block around it.
    before: Vec<Directive>,
    indent: Option<&'a str>,
}

impl Directive {
    fn new(words: &mut Vec<Scalar>) -> Option<Self> {
        let mut words = std::mem::take(words).into_iter();
        let name = words.next()?;
        let args: Vec<Scalar> = words.collect();
        let end = args.last().map_or(name.span.end, |last| last.span.end);
        Some(Self { span: Span { end, ..name.span }, name, args, block: None })
    }
}

/// The blanks before this byte where nothing else stands before it on its line.
fn indent(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let blanks = before.bytes().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let (line, blanks) = before.split_at_checked(before.len() - blanks)?;
    (line.is_empty() || line.ends_with(['\n', '\r'])).then_some(blanks)
}

/// What starts at the cursor.
enum Mark {
    Word,
    Semicolon,
    Open,
    Close,
    /// Template text, and where it ends.
    Template(usize),
    End,
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    comments: Vec<(Span, String)>,
}

impl Lexer<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn error(&self, start: usize, end: usize, reason: &str) -> SyntaxError {
        SyntaxError::new(self.file, start, end, reason)
    }

    /// Steps over white space and comments; gives where the cursor stands then.
    fn skip_blanks(&mut self) -> usize {
        loop {
            match self.byte(self.at) {
                Some(byte) if is_blank(byte) => self.at += 1,
                // A byte order mark is text to nginx, but no operator sees it.
                Some(0xef) if self.at == 0 && self.text.starts_with('\u{feff}') => self.at = 3,
                Some(b'#') => {
                    let line = self.text.get(self.at..).unwrap_or("");
                    let end = line.find('\n').unwrap_or(line.len());
                    let line = line.get(..end).unwrap_or("").trim_end_matches('\r');
                    let span = Span::new(self.file, self.at, self.at + line.len());
                    self.comments.push((span, line.get(1..).unwrap_or("").to_owned()));
                    self.at += end;
                }
                _ => return self.at,
            }
        }
    }

    fn mark(&self) -> Mark {
        match self.byte(self.at) {
            None => Mark::End,
            Some(b';') => Mark::Semicolon,
            Some(b'{') => Mark::Open,
            Some(b'}') => Mark::Close,
            Some(b'<') if self.byte(self.at + 1) == Some(b'%') => Mark::Template(self.line_end()),
            Some(_) => Mark::Word,
        }
    }

    /// The end of template text that starts at the cursor with `{{` or `{%`.
    fn template_end(&self) -> Option<usize> {
        matches!(self.byte(self.at + 1), Some(b'{' | b'%')).then(|| self.line_end())
    }

    /// Behind the mark that closes template text, at the latest at the end of the line.
    fn line_end(&self) -> usize {
        let rest = self.text.get(self.at..).unwrap_or("");
        let line = rest.split(['\n', '\r']).next().unwrap_or("");
        let close = ["}}", "%}", "%>"].into_iter().filter_map(|mark| line.find(mark)).min();
        self.at + close.map_or(line.len(), |at| at + 2)
    }

    fn word(&mut self) -> Result<Scalar, SyntaxError> {
        let start = self.at;
        let quote = self.byte(start).filter(|byte| matches!(byte, b'"' | b'\''));
        let inner = start + usize::from(quote.is_some());
        let mut at = inner;
        let mut variable = false;
        let end = loop {
            let Some(byte) = self.byte(at) else {
                if quote.is_some() {
                    return Err(self.error(start, start + 1, "quote is never closed"));
                }
                break at;
            };
            let of_variable = variable && byte == b'{';
            variable = byte == b'$';
            match byte {
                _ if of_variable => {}
                // The character behind it is a part of the word, whatever it is.
                b'\\' => at += 1,
                _ if quote == Some(byte) => break at,
                _ if quote.is_none() && (is_blank(byte) || matches!(byte, b';' | b'{')) => break at,
                _ => {}
            }
            at += 1;
        };
        let end = end.min(self.text.len());
        self.at = end + usize::from(quote.is_some());
        let behind = self.byte(self.at);
        if quote.is_some()
            && behind.is_some_and(|byte| !is_blank(byte) && !matches!(byte, b';' | b'{' | b')'))
        {
            let reason = "blank or `;` is missing behind the quoted word";
            return Err(self.error(start, self.at, reason));
        }
        let raw = self.text.get(inner..end).unwrap_or("");
        let (text, verbatim) = unescape(raw);
        let clamp = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let span = Span::new(self.file, start, self.at);
        Ok(Scalar { text, span, inner: clamp(inner), verbatim: clamp(verbatim) })
    }

    /// Steps behind the `}` of a Lua block whose `{` was read; false where there is none. Braces in strings and
    /// comments of Lua count for nothing.
    fn skip_lua(&mut self) -> bool {
        let mut depth = 1_usize;
        while let Some(byte) = self.byte(self.at) {
            self.at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'"' | b'\'' => self.skip_lua_string(byte),
                b'[' => self.skip_long_bracket(),
                b'-' if self.byte(self.at) == Some(b'-') => {
                    self.at += 1;
                    let before = self.at;
                    if self.byte(self.at) == Some(b'[') {
                        self.at += 1;
                        self.skip_long_bracket();
                    }
                    if self.at <= before + 1 {
                        while self.byte(self.at).is_some_and(|byte| byte != b'\n') {
                            self.at += 1;
                        }
                    }
                }
                _ => {}
            }
            if depth == 0 {
                return true;
            }
        }
        false
    }

    /// A string of Lua ends at its quote, or, where that is missing, with the line.
    fn skip_lua_string(&mut self, quote: u8) {
        while let Some(byte) = self.byte(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' => return,
                _ if byte == quote => return,
                _ => {}
            }
        }
    }

    /// Steps behind `[[ … ]]` or `[==[ … ]==]` where the first `[` was read; stays where none starts.
    fn skip_long_bracket(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let level = rest.iter().take_while(|byte| **byte == b'=').count();
        if rest.get(level) != Some(&b'[') {
            return;
        }
        let close = format!("]{}]", "=".repeat(level));
        let found = memchr::memmem::find(rest, close.as_bytes());
        self.at = found.map_or(self.text.len(), |found| self.at + found + close.len());
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Resolves what nginx resolves (`\"`, `\'`, `\\`, `\t`, `\r`, `\n`); every other backslash stays. The count tells how
/// many bytes come before the first that was resolved.
fn unescape(raw: &str) -> (String, usize) {
    let mut text = String::with_capacity(raw.len());
    let mut verbatim = None;
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        let resolved = match (char, chars.as_str().chars().next()) {
            ('\\', Some(next @ ('"' | '\'' | '\\'))) => next,
            ('\\', Some('t')) => '\t',
            ('\\', Some('r')) => '\r',
            ('\\', Some('n')) => '\n',
            _ => {
                text.push(char);
                continue;
            }
        };
        verbatim.get_or_insert(text.len());
        text.push(resolved);
        chars.next();
    }
    let verbatim = verbatim.unwrap_or(text.len());
    (text, verbatim)
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    fn under(text: &str, span: Span) -> &str {
        &text[span.start as usize..span.end as usize]
    }

    fn shown(directives: &[Directive]) -> String {
        let words = |directive: &Directive| {
            let words = std::iter::once(&directive.name).chain(&directive.args);
            words.map(|word| format!("<{}>", word.text)).collect::<String>()
        };
        let one = |directive: &Directive| match &directive.block {
            Some(block) => format!("{}{{{}}}", words(directive), shown(block)),
            None => format!("{};", words(directive)),
        };
        directives.iter().map(one).collect()
    }

    fn tree(text: &str) -> String {
        shown(&parse(FILE, text).unwrap().directives)
    }

    fn error(text: &str) -> (&str, String) {
        let error = parse(FILE, text).unwrap_err();
        (under(text, error.span), error.reason)
    }

    #[test]
    fn a_vhost() {
        let text = "# gateway\nupstream gw {\n    ip_hash;\n    server 10.0.7.11:8243 weight=2; # one\n}\n\
                    server{listen 443 ssl;location ~ \"^/a{2}/\" {\n  proxy_pass https://gw$request_uri;}}\r\n";
        let document = parse(FILE, text).unwrap();
        assert_eq!(
            shown(&document.directives),
            "<upstream><gw>{<ip_hash>;<server><10.0.7.11:8243><weight=2>;}\
             <server>{<listen><443><ssl>;<location><~><^/a{2}/>{<proxy_pass><https://gw$request_uri>;}}"
        );
        let upstream = &document.directives[0];
        assert_eq!(under(text, upstream.span), "upstream gw");
        let server = upstream.inside("server").next().unwrap();
        assert_eq!(under(text, server.span), "server 10.0.7.11:8243 weight=2");
        assert_eq!(under(text, server.args[0].part(10..14)), "8243");
        let comments: Vec<_> = document.comments.iter().map(|(span, _)| under(text, *span)).collect();
        assert_eq!(comments, ["# gateway", "# one"]);
        assert_eq!(document.comments[0].1, " gateway");
    }

    #[test]
    fn words_quotes_and_escapes() {
        assert_eq!(tree(r#"a "b;{}# c" 'd"' "" e#f;"#), r#"<a><b;{}# c><d"><><e#f>;"#);
        assert_eq!(tree(r#"a "b\"c\\\d" e\;f g\ h;"#), r#"<a><b"c\\d><e\;f><g\ h>;"#);
        assert_eq!(tree("set $a ${host}x${b};"), "<set><$a><${host}x${b}>;");
        assert_eq!(tree("if ($a ~ \"x\"){b c;}"), "<if><($a><~><x><)>{<b><c>;}");
        assert_eq!(tree("\u{feff}a b;"), "<a><b>;");
        let text = r#"a "tcp://h\"x";"#;
        let document = parse(FILE, text).unwrap();
        let word = &document.directives[0].args[0];
        assert_eq!(under(text, word.span), r#""tcp://h\"x""#);
        assert_eq!(under(text, word.part(6..7)), "h");
        assert_eq!(word.part(7..8), word.span);
    }

    #[test]
    fn lua_is_skipped() {
        let text = "location / {\n content_by_lua_block {\n  local a = { \"}\", '\\'}' } -- }\n  --[[ } ]] local b = \
                    [==[ } ]] ]==]\n  --[ }\n  t[a[1]] = 1\n }\n deny all;\n}";
        assert_eq!(tree(text), "<location></>{<content_by_lua_block>{}<deny><all>;}");
        assert_eq!(tree("set_by_lua_block $x { return 'a' } b c;"), "<set_by_lua_block><$x>{}<b><c>;");
        assert_eq!(error("a {\n init_by_lua_block {\n x = '}'\n").0, "init_by_lua_block");
    }

    #[test]
    fn errors_stand_at_their_cause() {
        let missing = "`;` is missing behind this".to_owned();
        assert_eq!(error("server {\n  listen 80\n}\n"), ("80", missing.clone()));
        assert_eq!(error("listen 80"), ("80", missing));
        let unclosed = "block is never closed: its `}` is missing".to_owned();
        assert_eq!(error("http {\n  server {\n    listen 80;\n  }\n"), ("http", unclosed.clone()));
        assert_eq!(
            error("http {\n  server {\n    location / {\n      deny all;\n  }\n  gzip on;\n}\n"),
            ("location /", unclosed)
        );
        let stray = parse(FILE, "a {\n}\n}\n").unwrap_err();
        assert_eq!((stray.span.start, stray.span.end), (6, 7));
        assert_eq!(stray.reason, "`}` closes nothing: no block is open here");
        assert_eq!(error("a b;;").1, "`;` ends nothing: no directive stands before it");
        assert_eq!(error("{ a; }").1, "`{` opens a block that has no name");
        assert_eq!(error("a \"b;\n").1, "quote is never closed");
        assert_eq!(error("a \"b\"c;").0, "\"b\"");
    }

    #[test]
    fn template_text_is_called_by_its_name() {
        for (text, cause) in [
            ("server {{ host }}:9443;", "{{ host }}"),
            ("{% if tls %}\nlisten 443;\n{% endif %}", "{% if tls %}"),
            ("listen <%= @port %>;", "<%= @port %>"),
            ("{{ x", "{{ x"),
        ] {
            let (under, reason) = error(text);
            assert_eq!(under, cause);
            assert!(reason.starts_with("this is template text"), "{reason}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "a {".repeat(depth), "}".repeat(depth));
        assert!(parse(FILE, &nested(64)).is_ok());
        assert_eq!(parse(FILE, &nested(65)).unwrap_err().reason, "blocks nest deeper than 64");
        assert!(parse(FILE, &"a {".repeat(100_000)).is_err());
    }

    fn inside(text: &str, outer: Span, directives: &[Directive]) {
        for directive in directives {
            assert!(text.get(directive.span.start as usize..directive.span.end as usize).is_some());
            for word in std::iter::once(&directive.name).chain(&directive.args) {
                assert!(directive.span.contains(&word.span) && outer.contains(&word.span));
                let (start, same) = (word.inner as usize, word.verbatim as usize);
                assert_eq!(text.get(start..start + same).unwrap(), word.text.get(..same).unwrap());
            }
            inside(text, outer, directive.block.as_deref().unwrap_or_default());
        }
    }

    fn holds(text: &str) {
        match parse(FILE, text) {
            Ok(document) => {
                inside(text, Span::new(FILE, 0, text.len()), &document.directives);
                for (span, _) in document.comments {
                    assert!(text.get(span.start as usize..span.end as usize).is_some());
                }
            }
            Err(error) => {
                assert!(text.get(error.span.start as usize..error.span.end as usize).is_some(), "{text:?}")
            }
        }
    }

    #[test]
    fn cut_off_anywhere() {
        let text = "# é\r\nserver {\n  a_by_lua_block { x = \"é\\\"}\" --[=[ é ]=] [[ ]] }\n  b 'é\\'' \\é ${é} {{ é }}\n}";
        for (at, _) in text.char_indices() {
            holds(&text[..at]);
        }
    }

    proptest! {
        #[test]
        fn any_text(text in "(a_by_lua_block \\{|[ab \\n\\r\"'\\\\;\\{\\}#$é😀<%=\\[\\]-]){0,40}") {
            holds(&text);
        }
    }
}
