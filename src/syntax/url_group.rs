//! Receiver URL groups: `{tcp://a:9611|tcp://b:9611},{tcp://c:9611}` (carbon-apimgt `DataPublisherUtil.getEndpointGroups`).

use std::ops::Range;

/// How the URLs of one group are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One URL, or several separated by `,`: one of them gets each event.
    LoadBalance,
    /// Separated by `|`: the first that answers.
    Failover,
    /// Both separators in one group: the server throws.
    Mixed,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How its URLs are used.
    pub mode: Mode,
    /// The URLs, trimmed, as byte ranges of the text.
    pub urls: Vec<Range<usize>>,
    /// The whole group, braces included.
    pub range: Range<usize>,
}

/// A whole text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groups {
    /// The groups that count: each gets every event.
    pub groups: Vec<Group>,
    /// URLs outside braces where braces occur: the server drops them.
    pub outside: Vec<Range<usize>>,
}

/// Reads a group text. `{` and `}` of placeholders (`${receiver.url.port}`) are not group braces.
pub fn parse(text: &str) -> Groups {
    let _ = text;
    Groups::default()
}
