//! Where passwords, keys and tokens stand in a text, found by the look of it, so that it also holds in comments.

mod anywhere;
mod formats;

use std::ops::Range;

/// What secure vault keeps: each of its values is a secret, encrypted or still plain.
const CIPHER_TEXT: &str = "cipher-text.properties";

/// True for a file all of whose values are secret.
pub fn holds_secrets_only(path: &str) -> bool {
    path.ends_with(CIPHER_TEXT)
}

/// True for the name of an element, attribute, property or key whose value is secret.
pub fn is_secret_key(key: &str) -> bool {
    const INSIDE: [&str; 6] = ["password", "passwd", "passphrase", "secret", "credential", "symmetrickey"];
    const AT_END: [&str; 8] =
        ["token", "pwd", "pass", "apikey", "accesskey", "privatekey", "encryptionkey", "cryptokey"];
    let word: String = key
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    // `Access-Control-Allow-Credentials` and `EnableClientSecretHash` are switches, `passwordPolicy.min.length` a number.
    const NOT_AT_END: [&str; 8] =
        ["alias", "bypass", "compass", "allowcredentials", "enable", "enabled", "length", "count"];
    let is_no_secret = word.starts_with("enable") || NOT_AT_END.iter().any(|end| word.ends_with(end));
    !is_no_secret
        && (INSIDE.iter().any(|part| word.contains(part)) || AT_END.iter().any(|end| word.ends_with(end)))
}

/// The byte ranges of secrets in a decoded text, sorted and disjoint. The end of `path` tells the format.
pub fn secret_ranges(path: &str, text: &str) -> Vec<Range<usize>> {
    secret_ranges_with(path, text, Vec::new())
}

/// The same together with ranges that are known to be secret.
pub fn secret_ranges_with(path: &str, text: &str, known: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut found = Ranges { text, ranges: known };
    let extension = path.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    match extension.as_str() {
        "toml" => formats::assignments(&mut found, true),
        "properties" => formats::properties(&mut found, holds_secrets_only(path)),
        "json" => formats::members(&mut found),
        _ if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') => formats::markup(&mut found),
        _ => formats::assignments(&mut found, false),
    }
    found.anywhere();
    found.merged()
}

/// The text with each character of a secret replaced by `*`. Line ends and the count of characters stay.
pub fn mask(path: &str, text: &str) -> String {
    covered(text, secret_ranges(path, text))
}

/// The same for a sentence that quotes values: what looks like a secret in any format.
pub fn mask_quoted(text: &str) -> String {
    let mut found = Ranges { text, ranges: Vec::new() };
    found.anywhere();
    covered(text, found.merged())
}

/// What stands in reports in the place of a secret, whatever its length.
pub const MASK: &str = "********";

/// A value as reports may show it: nothing of it where it is a secret as a whole.
pub fn shown(value: &str, is_secret: bool) -> String {
    if is_secret { MASK.to_owned() } else { hide(value) }
}

/// The text with [`MASK`] for each secret: for values in reports.
pub fn hide(text: &str) -> String {
    let mut found = Ranges { text, ranges: Vec::new() };
    found.anywhere();
    found.hidden()
}

/// The same for what a person wrote in a comment: whatever follows a word such as "password" or "token" is covered, too.
pub fn hide_in_remark(text: &str) -> String {
    let mut found = Ranges { text, ranges: Vec::new() };
    found.anywhere();
    formats::prose(&mut found);
    found.hidden()
}

fn covered(text: &str, secrets: Vec<Range<usize>>) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for range in secrets {
        masked.push_str(text.get(end..range.start).unwrap_or(""));
        let secret = text.get(range.clone()).unwrap_or("");
        masked.extend(secret.chars().map(|letter| if matches!(letter, '\n' | '\r') { letter } else { '*' }));
        end = range.end;
    }
    masked.push_str(text.get(end..).unwrap_or(""));
    masked
}

struct Ranges<'a> {
    text: &'a str,
    ranges: Vec<Range<usize>>,
}

impl<'a> Ranges<'a> {
    /// Marks what looks alike in every format.
    fn anywhere(&mut self) {
        anywhere::parameters(self);
        anywhere::user_information(self);
        anywhere::oracle_logins(self);
        anywhere::authorizations(self);
        anywhere::key_blocks(self);
    }

    /// The text with [`MASK`] for each range.
    fn hidden(self) -> String {
        let text = self.text;
        let mut hidden = String::with_capacity(text.len());
        let mut end = 0;
        for range in self.merged() {
            hidden.push_str(text.get(end..range.start).unwrap_or(""));
            hidden.push_str(MASK);
            end = range.end;
        }
        hidden.push_str(text.get(end..).unwrap_or(""));
        hidden
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes().get(at).copied()
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    /// Byte offset behind everything from `at` on that satisfies the test.
    fn skip(&self, at: usize, test: impl Fn(u8) -> bool) -> usize {
        let rest = self.bytes().get(at..).unwrap_or(&[]);
        at + rest.iter().position(|byte| !test(*byte)).unwrap_or(rest.len())
    }

    /// Byte offset of the next occurrence, or the end of the text.
    fn until(&self, at: usize, needle: &str) -> usize {
        self.rest(at).find(needle).map_or(self.text.len(), |index| at + index)
    }

    /// Marks a value, without the blanks around it.
    fn push(&mut self, range: Range<usize>) {
        let Some(value) = self.text.get(range.clone()) else { return };
        let lead = value.len() - value.trim_start().len();
        let length = value.trim().len();
        if length > 0 {
            self.ranges.push(range.start + lead..range.start + lead + length);
        }
    }

    fn merged(mut self) -> Vec<Range<usize>> {
        self.ranges.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::new();
        for range in self.ranges {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn masks(path: &str, text: &str, expected: &str) {
        assert_eq!(mask(path, text), expected);
        assert_eq!(mask(path, text).chars().count(), text.chars().count());
    }

    #[test]
    fn elements_attributes_and_named_properties_are_masked() {
        masks("a.xml", "<a><Password>pw</Password></a>", "<a><Password>**</Password></a>");
        masks(
            "a.xml",
            "<a><n:password x='1'> p w </n:password>z</a>",
            "<a><n:password x='1'> *** </n:password>z</a>",
        );
        masks("a.xml", "<a keystorePass=\"pw\" port = '1'/>", "<a keystorePass=\"**\" port = '1'/>");
        masks(
            "a.xml",
            "<Property name=\"password\">pé</Property>",
            "<Property name=\"password\">**</Property>",
        );
        masks("a.xml", "<p value='pw' name='jms.Password'/>q", "<p value='**' name='jms.Password'/>q");
        masks("a.xml", "<Password><![CDATA[a<b]]></Password>", "<Password><![CDATA[***]]></Password>");
        masks("a.xml", "<Password>a<!-- b -->c</Password>", "<Password>*<!-- * -->*</Password>");
        masks("a.xml", "<a><!-- <Password>pw</Password> --></a>", "<a><!-- <Password>**</Password> --></a>");
        masks("a.xml", "<Password>a\nb</Password>", "<Password>*\n*</Password>");
        masks(
            "a.xml",
            "<a><!-- see <ClientSecret> for more --><b>true</b></a>",
            "<a><!-- see <ClientSecret> ******** --><b>true</b></a>",
        );
        masks("a.xml", "<Password svns:secretAlias=\"x.y\"/>", "<Password svns:secretAlias=\"x.y\"/>");
    }

    #[test]
    fn what_a_remark_calls_a_password_is_covered() {
        for (remark, expected) in [
            ("old password: Zx9 until May", "old password: ******** until May"),
            ("the Token was a.b.c, revoked", "the Token was ********, revoked"),
            ("keystorePass = p4ss", "keystorePass = ********"),
            ("password is set by ops; ask for it", "password is ******** by ops; ask for it"),
            ("raised for token calls", "raised for token calls"),
        ] {
            assert_eq!(hide_in_remark(remark), expected);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "<a><UserName>admin</UserName><TokenURL>https://h:9443/token</TokenURL></a>",
            "<Access-Control-Allow-Credentials>false</Access-Control-Allow-Credentials>",
            "<a url='jdbc:mysql://h:3306/db?autoReconnect=true&amp;x=a@b'/>",
            "<a>Basic authentication, Bearer of news</a>",
        ] {
            masks("a.xml", text, text);
        }
        masks("a.toml", "hostname = \"a\"\ntoken_url = \"b\"\n", "hostname = \"a\"\ntoken_url = \"b\"\n");
    }

    #[test]
    fn urls_of_every_kind_are_masked() {
        masks(
            "a",
            "amqp://admin:p@w@id/carbon?brokerlist='tcp://u:x@h:1'",
            "amqp://admin:***@id/carbon?brokerlist='tcp://u:*@h:1'",
        );
        masks("a", "jdbc:mysql://h/db?user=a&password=pw&x=1", "jdbc:mysql://h/db?user=a&password=**&x=1");
        masks("a", "jdbc:sqlserver://h;password=pw;x=1", "jdbc:sqlserver://h;password=**;x=1");
        masks("a", "jdbc:oracle:thin:scott/tiger@//h:1521/x", "jdbc:oracle:thin:scott/*****@//h:1521/x");
        masks(
            "a.sh",
            "-Djavax.net.ssl.keyStorePassword=\"pw\" \\",
            "-Djavax.net.ssl.keyStorePassword=\"**\" \\",
        );
        masks("a", "Authorization \"Basic YWRtaW46YWRtaW4=\";", "Authorization \"Basic ****************\";");
    }

    #[test]
    fn toml_keys_are_masked() {
        masks("a.toml", "password = \"p\\\"w\" # x\n", "password = \"****\" # x\n");
        masks("a.toml", "a = { password = 'pw', b = 1 }\n", "a = { password = '**', b = 1 }\n");
        masks(
            "a.toml",
            "x.'jms.Password' = \"\"\"a\nb\"\"\"\nc = 1",
            "x.'jms.Password' = \"\"\"*\n*\"\"\"\nc = 1",
        );
        masks(
            "a.toml",
            "[secrets]\nadmin = \"[pw]\"\n[a]\nb = \"c\"",
            "[secrets]\nadmin = \"****\"\n[a]\nb = \"c\"",
        );
        masks("a.toml", "[encryption]\nkey = \"0a\"", "[encryption]\nkey = \"**\"");
        masks("a.toml", "passwords = [\"a\", \"b\"]\nc = \"d\"", "passwords = [\"*\", \"*\"]\nc = \"d\"");
        masks("a.toml", "[a] # password = \"pw\"\n[b]", "[a] # password = \"**\"\n[b]");
        masks("a.toml", "#password = \"pw\"\n", "#password = \"**\"\n");
        masks("a.toml", "client_secret = 42\n", "client_secret = **\n");
    }

    #[test]
    fn properties_and_json_are_masked() {
        masks("a.properties", "a=b\nx.password: p w\nc=d", "a=b\nx.password: ***\nc=d");
        masks("a.properties", "a.secret = p\\\n  w\nc=d", "a.secret = **\n***\nc=d");
        masks("a.properties", "#password=pw\n", "#password=**\n");
        masks(
            "a.json",
            "{\"a\": \"b\", \"trustStorePassword\" : \"pw\"}",
            "{\"a\": \"b\", \"trustStorePassword\" : \"**\"}",
        );
    }

    #[test]
    fn sentences_are_masked_where_they_quote_a_secret() {
        let masks = |text: &str, expected: &str| assert_eq!(mask_quoted(text), expected);
        masks("a sends to tcp://u:pw@h:9611, not to h2", "a sends to tcp://u:**@h:9611, not to h2");
        masks("the url \"jdbc:h2:x;password=pw\" is b's", "the url \"jdbc:h2:x;password=**\" is b's");
        masks("set password of <AdminUser> in a", "set password of <AdminUser> in a");
        assert_eq!(hide("tcp://u:pw@h:1?password=x&y=2"), "tcp://u:********@h:1?password=********&y=2");
    }

    #[test]
    fn key_blocks_are_masked() {
        let text = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n";
        masks("a.pem", text, &text.replace("abc", "***"));
    }

    #[test]
    fn nothing_breaks_on_a_text_cut_off_anywhere() {
        let text =
            "<a b='é'><Password c=\"é\"><![CDATA[é<!-- \" ''' amqp://é:é@é password='é\\\n é [x \"\"\"";
        for (end, _) in text.char_indices() {
            for path in ["a.xml", "a.toml", "a.properties", "a.json", "a.conf"] {
                let part = text.get(..end).unwrap();
                assert_eq!(mask(path, part).chars().count(), part.chars().count());
                let part = text.get(end..).unwrap();
                assert_eq!(mask(path, part).chars().count(), part.chars().count());
            }
        }
    }
}
