//! URLs and `host:port` texts as configuration files write them, placeholders included.

use std::ops::Range;

/// The parts of a URL as byte ranges of its text. Braces, dollar signs and placeholders may stand in any part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    /// Before `://`, lower case.
    pub scheme: String,
    /// `user:password` before `@`, if any.
    pub user_info: Option<Range<usize>>,
    /// The host, brackets of IPv6 left out.
    pub host: Range<usize>,
    /// The port text (`9443` or `${mgt.transport.https.port}`), if any.
    pub port: Option<Range<usize>>,
    /// From the first `/` behind the authority (or `${carbon.context}` where that stands directly behind the port).
    pub path: Range<usize>,
}

/// Splits a URL. `None` where there is no `://` or no host.
pub fn split(text: &str) -> Option<UrlParts> {
    let _ = text;
    None
}

/// The port that a scheme means when none is written: http and ws 80, https and wss 443.
pub fn default_port(scheme: &str) -> Option<u16> {
    let _ = scheme;
    None
}

/// Splits a bare `host:port`.
pub fn split_host_port(text: &str) -> Option<(Range<usize>, Option<Range<usize>>)> {
    let _ = text;
    None
}
