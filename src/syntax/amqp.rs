//! AMQP connection URLs of the Andes client:
//! `amqp://user:pass@clientid/virtualhost?failover='roundrobin'&brokerlist='tcp://h:p?opt='v';tcp://h2:p2'`.

use std::ops::Range;

use super::url;

/// What an AMQP connection URL says; all ranges are byte ranges of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmqpUrl {
    /// User name as written.
    pub user: Option<Range<usize>>,
    /// Password as written.
    pub password: Option<Range<usize>>,
    /// What stands behind `brokerlist=`, its first quote left out, up to the end of the URL: tells an absent list from
    /// one that is a placeholder (`'${jms.url}'`), which has no brokers.
    pub broker_list: Option<Range<usize>>,
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

/// Reads as much as can be read; `None` where it does not start with `amqp://`. Options may be separated by `&` or,
/// as API Manager writes them, by `%26`; a closing quote may be missing.
pub fn parse(text: &str) -> Option<AmqpUrl> {
    let whole = url::trim(text, 0..text.len());
    let start = whole.start + 7;
    if !text.get(whole.start..start)?.eq_ignore_ascii_case("amqp://") {
        return None;
    }
    let list = broker_list(text, start..whole.end);
    let head = start..list.as_ref().map_or(whole.end, |(key, _)| *key);
    // A password may hold a raw `@`, `/` or `?`; of what follows it, only the broker list may hold an `@`.
    let info = url::rfind(text, head.clone(), b'@').map(|at| head.start..at);
    let colon = info.clone().and_then(|info| url::find(text, info, |byte| byte == b':'));
    let user = info.as_ref().map(|info| info.start..colon.unwrap_or(info.end));
    let password = info.zip(colon).map(|(info, colon)| colon + 1..info.end);
    let broker_list = list.map(|(_, value)| value);
    let brokers = broker_list.clone().map_or_else(Vec::new, |value| {
        url::split_at(text, value, b';').into_iter().filter_map(|part| broker(text, part)).collect()
    });
    Some(AmqpUrl { user, password, broker_list, brokers })
}

/// Reads one broker address such as `tcp://host:5672?retries='5'`; `None` where it is none.
pub fn parse_broker(text: &str) -> Option<Broker> {
    broker(text, 0..text.len())
}

/// Where the key `brokerlist` starts, and what stands behind its `=`.
fn broker_list(text: &str, range: Range<usize>) -> Option<(usize, Range<usize>)> {
    const KEY: &str = "brokerlist";
    let mut at = range.start;
    while let Some(letter) = url::find(text, at..range.end, |byte| byte.eq_ignore_ascii_case(&b'b')) {
        let end = letter + KEY.len();
        if text.get(letter..end).is_some_and(|key| key.eq_ignore_ascii_case(KEY)) {
            let equals = url::trim(text, end..range.end).start;
            if text.as_bytes().get(equals) == Some(&b'=') && equals < range.end {
                let value = url::trim(text, equals + 1..range.end);
                let quoted =
                    matches!(text.as_bytes().get(value.start), Some(b'\'' | b'"')) && !value.is_empty();
                return Some((letter, value.start + usize::from(quoted)..value.end));
            }
        }
        at = letter + 1;
    }
    None
}

fn broker(text: &str, range: Range<usize>) -> Option<Broker> {
    let is_end = |byte: u8| b"?'\"&".contains(&byte);
    let mut part = url::trim(text, range);
    // A quote in front is one that the address wears alone: 'tcp://a:1';'tcp://b:1'.
    while matches!(text.as_bytes().get(part.start), Some(b'\'' | b'"')) && !part.is_empty() {
        part = url::trim(text, part.start + 1..part.end);
    }
    part.end = url::find(text, part.clone(), is_end).unwrap_or(part.end);
    let escaped = text.get(part.clone())?.find("%26");
    part.end = escaped.map_or(part.end, |at| part.start + at);
    let address = url::trim(text, part);
    let parts = url::split(text.get(address.clone())?)?;
    let moved = |range: Range<usize>| address.start + range.start..address.start + range.end;
    Some(Broker { scheme: parts.scheme, host: moved(parts.host), port: parts.port.map(moved), address })
}

/// Why a client refuses an AMQP URL, or what it takes for granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The part of the text.
    pub range: Range<usize>,
    /// One clause, without a word from the text.
    pub reason: &'static str,
    /// True where the client goes on, with port 5672.
    pub is_default_port: bool,
}

impl Fault {
    fn new(range: Range<usize>, reason: &'static str) -> Self {
        Self { range, reason, is_default_port: false }
    }
}

/// The first fault of an AMQP URL; `None` for a right one and for a text that is none.
/// (`AMQConnectionURL`, `URLParser` and `URLHelper` of wso2/andes.)
pub fn fault(text: &str) -> Option<Fault> {
    let whole = url::trim(text, 0..text.len());
    let Some(parsed) = parse(text) else {
        let end = url::find(text, whole.clone(), |byte| byte == b'/').unwrap_or(whole.end);
        return broker_list(text, whole.clone())
            .map(|_| Fault::new(whole.start..end.max(whole.start), "it does not begin with amqp://"));
    };
    let start = whole.start + 7;
    if let Some(at) = url::find(text, whole.clone(), |byte| byte.is_ascii_whitespace()) {
        return Some(Fault::new(at..at + 1, "there is a blank in it"));
    }
    let query = url::find(text, start..whole.end, |byte| byte == b'?').unwrap_or(whole.end);
    let Some(user) = parsed.user else {
        return Some(Fault::new(start..query, "there is no user:password@ behind amqp://"));
    };
    let Some(password) = parsed.password else {
        return Some(Fault::new(user, "there is no password behind the user"));
    };
    // A raw `?` in a password ends what `query` takes for the head.
    let client = password.end + 1..query.max(password.end + 1);
    if query > password.end && url::find(text, client.clone(), |byte| byte == b'/').is_none() {
        return Some(Fault::new(client, "there is no virtual host behind the client id"));
    }
    let Some(list) = parsed.broker_list else {
        return Some(Fault::new(start..whole.end, "it has no brokerlist"));
    };
    list_fault(text, start..whole.end, list)
        .or_else(|| parsed.brokers.iter().find_map(|found| port(text, found)))
}

/// What is wrong with the quotes of a broker list, or with the list as a whole.
fn list_fault(text: &str, whole: Range<usize>, list: Range<usize>) -> Option<Fault> {
    let opening = list.start.checked_sub(1)?;
    if text.as_bytes().get(opening) != Some(&b'\'') {
        return Some(Fault::new(list, "the brokerlist has no quote in front"));
    }
    let mut quotes = 0;
    let mut at = opening;
    while let Some(quote) = url::find(text, at..whole.end, |byte| byte == b'\'') {
        quotes += 1;
        at = quote + 1;
    }
    if quotes % 2 == 1 {
        return Some(Fault::new(opening..list.end, "a quote of the brokerlist is missing"));
    }
    let named = text.get(list.clone())?.trim_matches(['\'', ';', ' ']);
    named.is_empty().then(|| Fault::new(opening..list.end, "the brokerlist names no broker"))
}

/// What is wrong with the port of a broker.
fn port(text: &str, broker: &Broker) -> Option<Fault> {
    match &broker.port {
        None => {
            let address = text.get(broker.address.clone())?;
            if address.ends_with(':') {
                return Some(Fault::new(broker.address.clone(), "there is no port behind the colon"));
            }
            let is_default_port = !address.contains(['$', '{']);
            let reason = "a broker has no port";
            is_default_port.then(|| Fault { is_default_port, ..Fault::new(broker.address.clone(), reason) })
        }
        Some(range) => {
            let port = text.get(range.clone())?;
            let is_right = port.contains(['$', '{', '<', '%']) || port.parse::<u16>().is_ok();
            (!is_right).then(|| Fault::new(range.clone(), "a port of the brokerlist is no number"))
        }
    }
}

/// Percent-decodes a user name or password of an AMQP URL (`%40` is `@`, `+` stays).
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let mut digit = || ahead.next().and_then(|byte| char::from(byte).to_digit(16));
        let escaped = if byte == b'%' { digit().zip(digit()) } else { None };
        match escaped.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = ahead;
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The user whom the broker looks up: decoded, and `!`, which names in AMQP URLs have for `@`, put back
/// (`user!mail.com!carbon.super`).
pub fn decode_user(text: &str) -> String {
    decode(text).replace('!', "@")
}

#[cfg(test)]
#[allow(clippy::string_slice)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let Some(url) = parse(text) else { return "none".to_owned() };
        let optional = |range: Option<Range<usize>>| range.map_or("-", |range| &text[range]).to_owned();
        let brokers: Vec<String> = url
            .brokers
            .into_iter()
            .map(|b| format!("{} {} {} <{}>", b.scheme, &text[b.host], optional(b.port), &text[b.address]))
            .collect();
        format!("{} {}; {}", optional(url.user), optional(url.password), brokers.join(", "))
    }

    #[test]
    fn faults_are_told_at_their_place() {
        let list = "brokerlist='tcp://h:5672'";
        let right = [
            format!("amqp://a:b@clientid/carbon?{list}"),
            "amqp://a:b@clientID/carbon?failover='roundrobin'%26cyclecount='2'%26brokerlist='tcp://h1:5672\
             ?retries='5'%26connectdelay='50';tcp://h2:5673?retries='5'&connectdelay='50''"
                .to_owned(),
            "amqp://a:b@clientid/carbon?brokerlist='tcp://h:5672;'".to_owned(),
            "amqp://a:b@/carbon?brokerlist='${jms.url}'".to_owned(),
            "amqp://${admin.username}:${admin.password}@clientid/carbon?brokerlist='tcp://h:${jms.port}'"
                .to_owned(),
            "amqp://a:p/w?@x@clientid/carbon?brokerlist='h:5672'".to_owned(),
            "tcp://h:5672".to_owned(),
            "{{ jms_url }}".to_owned(),
        ];
        for text in &right {
            assert_eq!(fault(text), None, "{text}");
        }
        for (text, part, reason) in [
            (format!("ampq://a:b@c/d?{list}"), "ampq:", "begin with"),
            (format!("amqp://clientid/carbon?{list}"), "clientid/carbon", "no user"),
            (format!("amqp://a@clientid/carbon?{list}"), "a", "no password"),
            (format!("amqp://a:b@clientid?{list}"), "clientid", "virtual host"),
            ("amqp://a:b@c/d?brokerlist='tcp://h:5672".into(), "'tcp://h:5672", "quote"),
            ("amqp://a:b@c/d?brokerlist=tcp://h:5672'".into(), "tcp://h:5672'", "quote in front"),
            ("amqp://a:b@c/d?brokerlist='tcp://h:1?retries='5'".into(), "'tcp://h:1?retries='5'", "quote"),
            ("amqp://a:b@c/d?brokerlist=''".into(), "''", "no broker"),
            ("amqp://a:b@c/d".into(), "a:b@c/d", "no brokerlist"),
            ("amqp://a:b@c/d?brokerlist='tcp://h: 5672'".into(), " ", "blank"),
            ("amqp://a:b@c/d?brokerlist='tcp://h:56x2'".into(), "56x2", "no number"),
            ("amqp://a:b@c/d?brokerlist='tcp://h:1;tcp://i'".into(), "tcp://i", "no port"),
        ] {
            let found = fault(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(&text[found.range.clone()], part, "{text}: {found:?}");
            assert!(found.reason.contains(reason), "{text}: {found:?}");
        }
    }

    #[test]
    fn urls_of_jndi_files() {
        let cases = [
            (
                "amqp://admin:pw@clientid/carbon?brokerlist='tcp://localhost:5672'",
                "admin pw; tcp localhost 5672 <tcp://localhost:5672>",
            ),
            (
                "amqp://a:b@clientID/carbon?failover='roundrobin'%26cyclecount='2'%26brokerlist='tcp://h1:5672\
                 ?retries='5'%26connectdelay='50';tcp://h2:5673?retries='5'&connectdelay='50''",
                "a b; tcp h1 5672 <tcp://h1:5672>, tcp h2 5673 <tcp://h2:5673>",
            ),
            (
                "amqp://${admin.username}:${admin.password}@clientid/carbon?brokerlist='tcp://${carbon.local.ip}:${jms.port}'",
                "${admin.username} ${admin.password}; tcp ${carbon.local.ip} ${jms.port} \
                 <tcp://${carbon.local.ip}:${jms.port}>",
            ),
            (
                "amqp://a:b@c/carbon?brokerlist='tcp://h:1?retries='5'%26connectdelay='50';'",
                "a b; tcp h 1 <tcp://h:1>",
            ),
            ("amqp://a:b@c/carbon?brokerlist='tcp://h:1", "a b; tcp h 1 <tcp://h:1>"),
            ("amqp://a:b@c/carbon?brokerlist=tcp://h:1&x='y'", "a b; tcp h 1 <tcp://h:1>"),
            ("amqp://a:b@c/carbon?brokerlist='tcp://h:1'&failover='x'", "a b; tcp h 1 <tcp://h:1>"),
            ("amqp://a:p@/?w@c/carbon?BrokerList='ssl://h'", "a p@/?w; ssl h - <ssl://h>"),
            ("amqp://clientid/carbon?brokerlist='tcp://h:1'", "- -; tcp h 1 <tcp://h:1>"),
            ("amqp://a@c/carbon", "a -; "),
            ("amqp://a:b@c/carbon?brokerlist='${jms.url}'", "a b; "),
            ("amqp://a:b@c/carbon?brokerlist=", "a b; "),
        ];
        for (text, parts) in cases {
            assert_eq!(shown(text), parts, "{text}");
        }
        assert_eq!(shown("tcp://h:1"), "none");
        assert_eq!(shown("amqp:/"), "none");
    }

    #[test]
    fn a_list_that_is_a_placeholder_is_a_list() {
        let text = "amqp://a:b@c/carbon?brokerlist='${jms.url}'";
        assert_eq!(&text[parse(text).unwrap().broker_list.unwrap()], "${jms.url}'");
        assert_eq!(parse("amqp://a:b@c/carbon").unwrap().broker_list, None);
    }

    #[test]
    fn single_brokers() {
        let text = " tcp://h:5672?retries='5' ";
        let broker = parse_broker(text).unwrap();
        assert_eq!((&text[broker.host], &text[broker.address]), ("h", "tcp://h:5672"));
        assert_eq!(&text[broker.port.unwrap()], "5672");
        assert_eq!(parse_broker("localhost:5672"), None);
        assert_eq!(parse_broker(""), None);
    }

    #[test]
    fn names_are_decoded() {
        assert_eq!(decode("a%40b+c%C3%A9%2"), "a@b+cé%2");
        assert_eq!(decode("%zz%"), "%zz%");
        assert_eq!(decode("p!w"), "p!w");
        assert_eq!(decode_user("user!mail.com!carbon.super"), "user@mail.com@carbon.super");
    }

    fn holds(text: &str) {
        decode(text);
        let Some(url) = parse(text) else { return };
        let brokers = url.brokers.into_iter().flat_map(|b| [Some(b.host), b.port, Some(b.address)]);
        for range in [url.user, url.password, url.broker_list].into_iter().chain(brokers).flatten() {
            assert!(text.get(range).is_some(), "{text}");
        }
    }

    #[test]
    fn cut_off_anywhere() {
        let text =
            "amqp://é:ü${x}@c/v?failover='r'%26brokerlist = 'tcp://[::1]:1?a='b'&c='d';tcp://é:$env{P}'";
        for (at, _) in text.char_indices() {
            holds(&text[..at]);
        }
    }

    proptest! {
        #[test]
        fn any_text(tail in "(brokerlist=|tcp://|[aé😀:/@'\";?&%$\\{\\} =26]){0,30}") {
            holds(&format!("amqp://{tail}"));
        }
    }
}
