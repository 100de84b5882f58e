//! Rule cards: the markdown file of a rule with its `toml` block, its sections and its runnable examples.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use crate::catalog::compressed::Compressed;
use crate::diagnostic::Severity;
use crate::source::{FileId, SourceFile, Span};
use crate::syntax::toml::{self, Item, Table};

static TEXTS: Compressed = Compressed::new(include_bytes!(concat!(env!("OUT_DIR"), "/cards")));

/// The text of the card `rules/CODE-name.md` by its `CODE-name`; empty where there is none.
#[must_use]
pub fn text(name: &str) -> &'static str {
    static BY_NAME: OnceLock<BTreeMap<&str, &str>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        let mut parts = TEXTS.text().split_terminator('\0');
        std::iter::from_fn(|| Some((parts.next()?, parts.next()?))).collect()
    });
    by_name.get(name).copied().unwrap_or_default()
}

/// What a rule has to see before it can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One file.
    File,
    /// All files of one node.
    Node,
    /// Several nodes.
    Deployment,
}

impl Scope {
    /// The word that cards use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Node => "node",
            Self::Deployment => "deployment",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::File, Self::Node, Self::Deployment].into_iter().find(|scope| scope.as_str() == text)
    }
}

/// How far a machine may go in correcting what a rule finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixKind {
    /// `auto`: applied by `--fix` without asking.
    Auto,
    /// `auto?`: the edit is known but changes running behaviour.
    Offered,
    /// `hand`: a person decides.
    Hand,
}

impl FixKind {
    /// The word that cards use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Offered => "auto?",
            Self::Hand => "hand",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Auto, Self::Offered, Self::Hand].into_iter().find(|fix| fix.as_str() == text)
    }
}

/// A finding of the same rule that is worth another severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Name in kebab case, unique within the card.
    pub name: String,
    /// Its severity.
    pub severity: Severity,
    /// When it applies, in words.
    pub when: String,
}

/// One file of an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFile {
    /// The node, or `proxy`, `hosts` or `inventory`.
    pub owner: String,
    /// Path relative to the owner's home.
    pub path: String,
    /// The text, each line ended by a line feed.
    pub text: String,
    /// Line of the card on which the text starts.
    pub line: u32,
}

/// A deployment, cut down to what the rule reads, that the rule reports or leaves alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// True when the rule must be silent.
    pub good: bool,
    /// What stands behind `### Bad` or `### Good`; may be empty.
    pub title: String,
    /// The variant that a bad example must show; `None` where any will do.
    pub fires: Option<String>,
    /// The files in the order of the card.
    pub files: Vec<ExampleFile>,
    /// Line of the heading.
    pub line: u32,
}

/// Everything that is said about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Code, such as `CL004`.
    pub code: String,
    /// Name in kebab case, such as `wka-peer-missing`.
    pub name: String,
    /// Severity where no variant says otherwise.
    pub severity: Severity,
    /// What the rule has to see.
    pub scope: Scope,
    /// Product versions in the words of the rule atlas, such as `all`, `2.x` or `>= 3.0`.
    pub versions: String,
    /// Order of work: `A`, `B` or `C`.
    pub tier: char,
    /// How it can be corrected.
    pub fix: FixKind,
    /// Where the rule comes from.
    pub sources: Vec<String>,
    /// Findings of another severity.
    pub variants: Vec<Variant>,
    /// Codes whose finding at the same place silences this rule; `*` is every other rule.
    pub gives_way_to: Vec<String>,
    /// True where no other rule speaks about a value that this one reports.
    pub outranks_all: bool,
    /// The heading: code and name.
    pub title: String,
    /// Section "What it finds", as markdown.
    pub finds: String,
    /// Section "Why it matters", as markdown.
    pub why: String,
    /// Section "Example", as markdown.
    pub example: String,
    /// Section "How to fix", as markdown.
    pub how_to_fix: String,
    /// Section "Sources", as markdown.
    pub sources_text: String,
    /// The examples in the order of the card.
    pub examples: Vec<Example>,
}

/// A mistake of whoever wrote the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardError {
    /// Line of the card, from 1.
    pub line: u32,
    /// One clause.
    pub reason: String,
}

impl CardError {
    fn new(line: u32, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

impl fmt::Display for CardError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for CardError {}

/// The sections that a card has, in this order.
const SECTIONS: [&str; 5] = ["What it finds", "Why it matters", "Example", "How to fix", "Sources"];

impl Card {
    /// Reads a card. The error names the first line that is not as a card must be.
    pub fn parse(text: &str) -> Result<Self, CardError> {
        let lines = lines(text)?;
        let mut rest = lines.iter().filter(|line| !line.text.trim().is_empty()).peekable();
        let title = match rest.next() {
            Some(Line { kind: Kind::Heading(1, title), .. }) => title.trim().to_owned(),
            _ => return Err(CardError::new(1, "a card starts with \"# CODE name\"")),
        };
        let (first, block) = fenced(&lines, "toml").ok_or_else(|| CardError::new(2, "no toml block"))?;
        let sections = sections(&lines)?;
        let section = |name: &str| {
            sections.iter().find(|section| section.name == name).map_or("", |section| section.text.as_str())
        };
        let mut card = Self {
            title,
            finds: section("What it finds").to_owned(),
            why: section("Why it matters").to_owned(),
            example: section("Example").to_owned(),
            how_to_fix: section("How to fix").to_owned(),
            sources_text: section("Sources").to_owned(),
            examples: examples(&lines)?,
            ..header(first, &block)?
        };
        if card.title != format!("{} {}", card.code, card.name) {
            return Err(CardError::new(1, format!("the title must be \"{} {}\"", card.code, card.name)));
        }
        for example in &mut card.examples {
            if let Some(fires) = &example.fires
                && !card.variants.iter().any(|variant| &variant.name == fires)
            {
                return Err(CardError::new(example.line, format!("there is no variant \"{fires}\"")));
            }
        }
        for (good, word) in [(false, "bad"), (true, "good")] {
            if !card.examples.iter().any(|example| example.good == good) {
                return Err(CardError::new(1, format!("there is no {word} example")));
            }
        }
        Ok(card)
    }
}

/// One line of the card with what markdown makes of it.
struct Line<'a> {
    number: u32,
    text: &'a str,
    kind: Kind<'a>,
}

#[derive(PartialEq, Eq)]
enum Kind<'a> {
    /// Level and text.
    Heading(usize, &'a str),
    /// The line that opens a fenced block, with its info string.
    Open(&'a str),
    /// A line inside a fenced block.
    Inside,
    /// The line that closes a fenced block.
    Close,
    Text,
}

fn lines(text: &str) -> Result<Vec<Line<'_>>, CardError> {
    let mut lines = Vec::new();
    let mut open: Option<(u32, usize)> = None;
    for (number, text) in (1..).zip(text.lines()) {
        let ticks = text.len() - text.trim_start_matches('`').len();
        let info = text.trim_start_matches('`').trim();
        let kind = match open {
            Some((_, length)) if ticks >= length && info.is_empty() => {
                open = None;
                Kind::Close
            }
            Some(_) => Kind::Inside,
            None if ticks >= 3 && !info.contains('`') => {
                open = Some((number, ticks));
                Kind::Open(info)
            }
            None => {
                let level = text.len() - text.trim_start_matches('#').len();
                match text.trim_start_matches('#').strip_prefix(' ') {
                    Some(heading) if (1..=6).contains(&level) => Kind::Heading(level, heading.trim()),
                    _ => Kind::Text,
                }
            }
        };
        lines.push(Line { number, text, kind });
    }
    match open {
        Some((number, _)) => Err(CardError::new(number, "this block is never closed")),
        None => Ok(lines),
    }
}

/// The first block with this info string and the number of its first line.
fn fenced(lines: &[Line<'_>], info: &str) -> Option<(u32, String)> {
    let mut rest = lines.iter().skip_while(|line| line.kind != Kind::Open(info));
    let first = rest.next()?.number + 1;
    Some((first, block(rest)))
}

/// The text up to the line that closes the block.
fn block<'a>(lines: impl Iterator<Item = &'a Line<'a>>) -> String {
    lines.take_while(|line| line.kind == Kind::Inside).flat_map(|line| [line.text, "\n"]).collect()
}

struct Section {
    name: String,
    text: String,
}

fn sections(lines: &[Line<'_>]) -> Result<Vec<Section>, CardError> {
    let mut sections: Vec<Section> = Vec::new();
    for line in lines {
        if let Kind::Heading(2, name) = line.kind {
            if SECTIONS.get(sections.len()) != Some(&name) {
                let order = SECTIONS.join("\", \"");
                return Err(CardError::new(
                    line.number,
                    format!("the sections are \"{order}\", in this order"),
                ));
            }
            sections.push(Section { name: name.to_owned(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line.text);
            section.text.push('\n');
        }
    }
    if let Some(missing) = SECTIONS.get(sections.len()) {
        let last = lines.last().map_or(1, |line| line.number);
        return Err(CardError::new(last, format!("section \"{missing}\" is missing")));
    }
    for section in &mut sections {
        section.text = section.text.trim().to_owned();
    }
    Ok(sections)
}

fn examples(lines: &[Line<'_>]) -> Result<Vec<Example>, CardError> {
    let mut examples: Vec<Example> = Vec::new();
    let mut place: Option<(String, String, u32)> = None;
    let mut rest =
        lines.iter().skip_while(|line| line.kind != Kind::Heading(2, "Example")).skip(1).peekable();
    while let Some(line) = rest.next() {
        let is_open = matches!(line.kind, Kind::Open(_));
        if let Some((_, _, number)) = &place
            && !is_open
            && !line.text.trim().is_empty()
        {
            return Err(CardError::new(*number, "a file name must stand directly before its block"));
        }
        match line.kind {
            Kind::Heading(..=2, _) => break,
            Kind::Heading(3, heading) => {
                let (word, title) = heading.split_once(' ').unwrap_or((heading, ""));
                let good = match word.trim_end_matches(':') {
                    "Good" => true,
                    "Bad" => false,
                    _ => {
                        return Err(CardError::new(line.number, "an example is \"### Bad\" or \"### Good\""));
                    }
                };
                let title = title.trim().to_owned();
                examples.push(Example { good, title, fires: None, files: Vec::new(), line: line.number });
            }
            Kind::Open(_) => {
                let unnamed =
                    || CardError::new(line.number, "the line before this block must be `NODE: PATH`");
                let (owner, path, _) = place.take().ok_or_else(unnamed)?;
                let example = examples.last_mut().ok_or_else(unnamed)?;
                let mut text = String::new();
                while let Some(inside) = rest.next_if(|line| line.kind == Kind::Inside) {
                    text.push_str(inside.text);
                    text.push('\n');
                }
                if example.files.iter().any(|file| file.owner == owner && file.path == path) {
                    let reason = format!("{owner}: {path} stands twice in this example");
                    return Err(CardError::new(line.number, reason));
                }
                example.files.push(ExampleFile { owner, path, text, line: line.number + 1 });
            }
            Kind::Text => match named(line.text) {
                Some(("fires", variant)) => {
                    let alone = || CardError::new(line.number, "only a bad example can fire");
                    let example = examples.last_mut().filter(|example| !example.good).ok_or_else(alone)?;
                    example.fires = Some(variant.to_owned());
                }
                Some((owner, path)) if line.text.trim_start().starts_with('`') => {
                    place = Some((owner.to_owned(), path.to_owned(), line.number));
                }
                _ => {}
            },
            _ => {}
        }
    }
    match examples.iter().find(|example| example.files.is_empty()) {
        Some(example) => Err(CardError::new(example.line, "this example has no file")),
        None => Ok(examples),
    }
}

/// Splits a line that is nothing but `NAME: VALUE`, alone or in backticks.
fn named(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let text = text.strip_prefix('`').and_then(|text| text.strip_suffix('`')).unwrap_or(text);
    let (name, value) = text.split_once(": ")?;
    let word = |text: &str| !text.is_empty() && !text.contains(['`', ' ', '\t']);
    (word(name) && word(value.trim())).then_some((name, value.trim()))
}

/// The values of the `toml` block; what the sections hold is left empty.
fn header(first: u32, block: &str) -> Result<Card, CardError> {
    let file = FileId { owner: 0, index: 0 };
    let source = SourceFile::new("", "", block.to_owned());
    let line = |span: Span| first + source.position(span.start).line - 1;
    let document =
        toml::parse(file, block).map_err(|error| CardError::new(line(error.span), error.reason))?;
    let header = Fields { table: &document.root, line: &line };
    header.known(&[
        "code",
        "name",
        "severity",
        "tier",
        "scope",
        "versions",
        "fix",
        "sources",
        "gives-way-to",
        "outranks",
        "variant",
    ])?;
    let code = header.checked("code", "two to four letters and three digits", is_code)?;
    let name = header.checked("name", "words of a-z and 0-9 with hyphens", is_kebab)?;
    let scope = header.parsed("scope", "file, node or deployment", Scope::parse)?;
    let fix = header.parsed("fix", "auto, auto? or hand", FixKind::parse)?;
    let severity = header.parsed("severity", "error, warning or info", |text| text.parse().ok())?;
    let tier = header.parsed("tier", "A, B or C", |text| match text {
        "A" => Some('A'),
        "B" => Some('B'),
        "C" => Some('C'),
        _ => None,
    })?;
    let gives_way_to = header.strings("gives-way-to")?.unwrap_or_default();
    if let Some(wrong) = gives_way_to.iter().find(|code| *code != "*" && !is_code(code)) {
        let reason = format!("\"{wrong}\" is not a code");
        return Err(CardError::new(header.line_of("gives-way-to"), reason));
    }
    let outranks = header.strings("outranks")?.unwrap_or_default();
    if outranks.iter().any(|code| code != "*") {
        let reason = "outranks is [\"*\"]: a rule that gives way to this one alone says so itself".to_owned();
        return Err(CardError::new(header.line_of("outranks"), reason));
    }
    Ok(Card {
        versions: header.checked("versions", "not empty", |text| !text.is_empty())?,
        sources: header.strings("sources")?.ok_or_else(|| CardError::new(first, "sources is missing"))?,
        variants: variants(&header)?,
        code,
        name,
        severity,
        scope,
        tier,
        fix,
        gives_way_to,
        outranks_all: !outranks.is_empty(),
        title: String::new(),
        finds: String::new(),
        why: String::new(),
        example: String::new(),
        how_to_fix: String::new(),
        sources_text: String::new(),
        examples: Vec::new(),
    })
}

fn variants(header: &Fields<'_>) -> Result<Vec<Variant>, CardError> {
    let tables = match header.table.get("variant") {
        None => return Ok(Vec::new()),
        Some(Item::Tables(tables)) => tables,
        Some(_) => return Err(CardError::new(header.line_of("variant"), "write variants as [[variant]]")),
    };
    let mut names = BTreeSet::new();
    let mut variants = Vec::new();
    for table in tables {
        let fields = Fields { table, line: header.line };
        fields.known(&["name", "severity", "when"])?;
        let name = fields.checked("name", "words of a-z and 0-9 with hyphens", is_kebab)?;
        if !names.insert(name.clone()) {
            return Err(CardError::new(fields.line_of("name"), format!("variant \"{name}\" stands twice")));
        }
        variants.push(Variant {
            severity: fields.parsed("severity", "error, warning or info", |text| text.parse().ok())?,
            when: fields.checked("when", "not empty", |text| !text.is_empty())?,
            name,
        });
    }
    Ok(variants)
}

fn is_code(text: &str) -> bool {
    let letters = text.trim_end_matches(|letter: char| letter.is_ascii_digit());
    (2..=4).contains(&letters.len())
        && letters.bytes().all(|letter| letter.is_ascii_uppercase())
        && text.len() == letters.len() + 3
}

fn is_kebab(text: &str) -> bool {
    text.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    })
}

/// A table of the block, read field by field with errors that name the line.
struct Fields<'a> {
    table: &'a Table,
    line: &'a dyn Fn(Span) -> u32,
}

impl Fields<'_> {
    fn line_of(&self, key: &str) -> u32 {
        let entry = self.table.entries.iter().find(|entry| entry.key == key);
        (self.line)(entry.map_or(self.table.span, |entry| entry.key_span))
    }

    fn known(&self, keys: &[&str]) -> Result<(), CardError> {
        match self.table.entries.iter().find(|entry| !keys.contains(&entry.key.as_str())) {
            Some(entry) => {
                Err(CardError::new((self.line)(entry.key_span), format!("unknown key \"{}\"", entry.key)))
            }
            None => Ok(()),
        }
    }

    fn text(&self, key: &str) -> Result<&str, CardError> {
        match self.table.get(key) {
            Some(Item::Scalar(scalar, toml::Kind::String)) => Ok(&scalar.text),
            Some(_) => Err(CardError::new(self.line_of(key), format!("{key} must be a string"))),
            None => Err(CardError::new(self.line_of(key), format!("{key} is missing"))),
        }
    }

    fn checked(&self, key: &str, want: &str, test: impl Fn(&str) -> bool) -> Result<String, CardError> {
        self.parsed(key, want, |text| test(text).then(|| text.to_owned()))
    }

    fn parsed<T>(&self, key: &str, want: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, CardError> {
        let wrong = || CardError::new(self.line_of(key), format!("{key} must be {want}"));
        parse(self.text(key)?).ok_or_else(wrong)
    }

    fn strings(&self, key: &str) -> Result<Option<Vec<String>>, CardError> {
        let wrong = || CardError::new(self.line_of(key), format!("{key} must be an array of strings"));
        match self.table.get(key) {
            None => Ok(None),
            Some(Item::Array(_, items)) => items
                .iter()
                .map(|item| match item {
                    Item::Scalar(scalar, toml::Kind::String) => Ok(scalar.text.clone()),
                    _ => Err(wrong()),
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = r#"# CL004 wka-peer-missing

```toml
code = "CL004"
name = "wka-peer-missing"
severity = "error"
tier = "A"
scope = "deployment"            # file | node | deployment
versions = "all"
fix = "auto?"
sources = ["S0 step 11.5", "S4"]
gives-way-to = ["CL001"]

[[variant]]
name = "through-balancer"
severity = "warning"
when = "the receivers stand behind a balancer name"
```

## What it finds
A member that a peer does not list.

## Why it matters
# not a heading of level two
They split.

## Example
### Bad: one way
`fires: through-balancer`

`node1: repository/conf/axis2/axis2.xml`
```xml
<axisconfig>
## not a section
</axisconfig>
```
`proxy: nginx.conf`

````nginx
```
events {}
````
### Good
`node1: repository/conf/axis2/axis2.xml`
```xml
```

## How to fix
List `node2: all of it` there.

## Sources
S0.
"#;

    fn error(from: &str, to: &str) -> String {
        let text = CARD.replacen(from, to, 1);
        assert_ne!(text, CARD, "{from}");
        Card::parse(&text).unwrap_err().to_string()
    }

    #[test]
    fn a_card_is_read_whole() {
        let card = Card::parse(CARD).unwrap();
        assert_eq!((card.code.as_str(), card.name.as_str(), card.tier), ("CL004", "wka-peer-missing", 'A'));
        assert_eq!(
            (card.severity, card.scope, card.fix),
            (Severity::Error, Scope::Deployment, FixKind::Offered)
        );
        assert_eq!(card.sources, ["S0 step 11.5", "S4"]);
        assert_eq!(card.gives_way_to, ["CL001"]);
        assert_eq!(card.variants.len(), 1);
        assert_eq!(card.variants[0].severity, Severity::Warning);
        assert_eq!(card.finds, "A member that a peer does not list.");
        assert_eq!(card.sources_text, "S0.");
        assert!(card.example.contains("### Good"));
    }

    #[test]
    fn examples_name_their_files() {
        let card = Card::parse(CARD).unwrap();
        let [bad, good] = card.examples.as_slice() else { panic!("two examples") };
        assert!(!bad.good && good.good);
        assert_eq!((bad.title.as_str(), bad.fires.as_deref()), ("one way", Some("through-balancer")));
        assert_eq!(bad.files.len(), 2);
        assert_eq!(bad.files[0].owner, "node1");
        assert_eq!(bad.files[0].path, "repository/conf/axis2/axis2.xml");
        assert_eq!(bad.files[0].text, "<axisconfig>\n## not a section\n</axisconfig>\n");
        assert_eq!(CARD.lines().nth(bad.files[0].line as usize - 1), Some("<axisconfig>"));
        assert_eq!(bad.files[1].owner, "proxy");
        assert_eq!(bad.files[1].text, "```\nevents {}\n");
        assert_eq!(good.files[0].text, "");
    }

    #[test]
    fn mistakes_name_their_line() {
        assert_eq!(
            error("severity = \"error\"", "severity = \"bad\""),
            "line 6: severity must be error, warning or info"
        );
        assert_eq!(error("tier = \"A\"\n", ""), "line 4: tier is missing");
        assert_eq!(error("fix = ", "fixes = "), "line 10: unknown key \"fixes\"");
        assert_eq!(error("[\"CL001\"]", "[\"cl1\"]"), "line 12: \"cl1\" is not a code");
        assert_eq!(error("# CL004 ", "# CL005 "), "line 1: the title must be \"CL004 wka-peer-missing\"");
        assert_eq!(
            error("fires: through", "fires: under"),
            "line 28: there is no variant \"under-balancer\""
        );
        assert_eq!(error("### Good\n", "### Fine\n"), "line 43: an example is \"### Bad\" or \"### Good\"");
        assert_eq!(
            error("`proxy: nginx.conf`\n", ""),
            "line 38: the line before this block must be `NODE: PATH`"
        );
        assert!(error("## Sources\n", "").ends_with("section \"Sources\" is missing"));
        assert!(error("## How to fix", "## Fix").contains("in this order"));
        assert!(error("```\n\n## How", "\n## How").ends_with("this block is never closed"));
    }
}
