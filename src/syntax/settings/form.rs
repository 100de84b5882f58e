//! The formats of configuration files, by their names.

use sha2::{Digest, Sha256};

use super::{Kind, Setting, Settings};
use crate::source::{FileId, Span};
use crate::syntax::encoding::Format;
use crate::syntax::{SyntaxError, hexadecimal, json, properties, toml, xml};

/// How a configuration file becomes settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Elements and attributes.
    Xml,
    /// Keys and values as `java.util.Properties` reads them.
    Properties,
    /// Members of an object.
    Json,
    /// Keys in tables.
    Toml,
    /// Anything else: one setting, [`Form::DIGEST`], which changes with any line that is no comment.
    Text,
}

impl Form {
    /// Path of the only setting of a text file: the SHA-256 of its lines without the white space around them, each
    /// with a line feed, less empty ones and those behind `#`.
    pub const DIGEST: &str = "sha256";

    /// The form of the file at this path.
    pub fn of(path: &str) -> Self {
        // What Velocity fills in is no XML yet.
        if path.starts_with("repository/resources/api_templates/") {
            return Self::Text;
        }
        match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("xml") => Self::Xml,
            Some("properties" | "ini" | "options") => Self::Properties,
            Some("json") => Self::Json,
            Some("toml") => Self::Toml,
            _ => Self::Text,
        }
    }

    /// How bytes of such a file become text.
    pub fn encoding(self) -> Format {
        match self {
            Self::Xml => Format::Xml,
            Self::Properties => Format::Properties,
            Self::Json | Self::Toml | Self::Text => Format::Utf8,
        }
    }

    /// True where the vanilla data writes values as JSON literals, so that `"true"` and `true` differ.
    pub fn has_literals(self) -> bool {
        matches!(self, Self::Json | Self::Toml)
    }

    /// The settings of a file of this form.
    ///
    /// # Errors
    /// The text does not parse.
    pub fn settings(self, file: FileId, text: &str) -> Result<Vec<Setting>, SyntaxError> {
        Ok(match self {
            Self::Xml => xml::parse(file, text)?.settings(),
            Self::Properties => properties::parse(file, text).settings(),
            Self::Json => json::parse(file, text)?.settings(),
            Self::Toml => toml::parse(file, text)?.settings(),
            Self::Text => vec![Setting {
                path: Self::DIGEST.to_owned(),
                value: digest(text),
                kind: Kind::Text,
                span: Span::new(file, 0, text.len()),
            }],
        })
    }
}

/// The digest of a value: the SHA-256 of its words with one blank between them, in hexadecimal digits.
pub fn value_digest(value: &str) -> String {
    hexadecimal(Sha256::digest(value.split_whitespace().collect::<Vec<_>>().join(" ")))
}

fn digest(text: &str) -> String {
    let mut hash = Sha256::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        hash.update(line);
        hash.update("\n");
    }
    hexadecimal(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    #[test]
    fn a_name_tells_the_form() {
        for (path, expected) in [
            ("repository/conf/carbon.xml", Form::Xml),
            ("repository/conf/etc/launch.ini", Form::Properties),
            ("repository/conf/etc/mime.types", Form::Text),
            ("repository/conf/README", Form::Text),
            ("repository/resources/api_templates/velocity_template.xml", Form::Text),
            ("repository/resources/tenant-conf.json", Form::Json),
            ("repository/conf/deployment.toml", Form::Toml),
        ] {
            assert_eq!(Form::of(path), expected, "{path}");
        }
    }

    #[test]
    fn the_digest_of_a_text_minds_neither_comments_nor_white_space() {
        let digest = |text| Form::Text.settings(FILE, text).unwrap().remove(0).value;
        assert_eq!(digest("# one\r\na b\r\n\r\n  c"), digest("a b\nc\n# other\n"));
        assert_ne!(digest("a\nb"), digest("ab"));
        assert_ne!(digest("a\nb"), digest("b\na"));
        assert_eq!(digest("").len(), 64);
    }

    #[test]
    fn every_form_gives_settings() {
        let one = |form: Form, text| {
            let setting = form.settings(FILE, text).unwrap().remove(0);
            (setting.path, setting.value)
        };
        let pair = |path: &str| (path.to_owned(), "1".to_owned());
        assert_eq!(one(Form::Xml, "<a><b>1</b></a>"), pair("/a/b"));
        assert_eq!(one(Form::Properties, "a=1"), pair("a"));
        assert_eq!(one(Form::Json, r#"{"a": {"b": 1}}"#), pair("a.b"));
        assert_eq!(one(Form::Toml, "[a]\nb = 1"), pair("a.b"));
        assert!(Form::Xml.settings(FILE, "<a>").is_err());
    }
}
