//! AMQP connection URLs of the Andes client:
//! `amqp://user:pass@clientid/virtualhost?failover='roundrobin'&brokerlist='tcp://h:p?opt='v';tcp://h2:p2'`.

use std::ops::Range;

/// What an AMQP connection URL says; all ranges are byte ranges of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmqpUrl {
    /// User name as written.
    pub user: Option<Range<usize>>,
    /// Password as written.
    pub password: Option<Range<usize>>,
    /// The brokers of `brokerlist`, in order.
    pub brokers: Vec<Broker>,
}

/// One broker address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// `tcp`, lower case.
    pub scheme: String,
    /// Host.
    pub host: Range<usize>,
    /// Port, if written.
    pub port: Option<Range<usize>>,
    /// The whole address without its options.
    pub address: Range<usize>,
}

/// Reads as much as can be read; `None` where it does not start with `amqp://`.
pub fn parse(text: &str) -> Option<AmqpUrl> {
    let _ = text;
    None
}

/// Percent-decodes a user name or password of an AMQP URL (`%40` is `@`, `+` stays).
pub fn decode(text: &str) -> String {
    text.to_owned()
}
