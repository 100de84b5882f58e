//! Snippets with the verdict that cava-toml 0.5.0 gave, run on JDK 17.

use super::*;
use crate::source::{SourceFile, Span};

const FILE: FileId = FileId { owner: 0, index: 0 };

/// All keys and values of an accepted text, in Java's order.
fn accepted(text: &str) -> String {
    match parse(FILE, text) {
        Ok(document) => show_table(&document.root),
        Err(faults) => panic!("{text:?}: {faults:?}"),
    }
}

fn show_table(table: &Table) -> String {
    let show = |key: String| match table.get(&key.replace('"', "'")) {
        Ok(Some(entry)) => format!("{key}={}", show(&entry.value.item)),
        Ok(None) => format!("{key} is lost"),
        Err(KeyError) => format!("{key} is no key"),
    };
    table.dotted_keys().into_iter().map(show).collect::<Vec<_>>().join(" ")
}

fn show(item: &Item) -> String {
    match item {
        Item::Text(text) => format!("{text:?}"),
        Item::Integer(value) => value.to_string(),
        Item::Double(value) => format!("{value:?}"),
        Item::Bool(value) => value.to_string(),
        Item::Date(printed) => printed.clone(),
        Item::Array(values) => {
            format!("[{}]", values.iter().map(|value| show(&value.item)).collect::<Vec<_>>().join(" "))
        }
        Item::Table(table) => format!("{{{}}}", show_table(table)),
    }
}

fn faults(text: &str) -> Vec<Fault> {
    parse(FILE, text).err().unwrap_or_default()
}

/// What is wrong: line, the text under the span, and the reason; `!` in front where the server dies.
fn wrong(text: &str) -> Vec<String> {
    let source = SourceFile::new("deployment.toml", "deployment.toml", text.to_owned());
    let show = |fault: &Fault| {
        let mark = if fault.kind == FaultKind::Overflow { "!" } else { "" };
        let line = source.position(fault.span.start).line;
        format!("{mark}{line} `{}` {}", source.slice(fault.span), fault.reason)
    };
    faults(text).iter().map(show).collect()
}

/// Whether every one of the values makes the server refuse the file.
fn all_rejected(values: &[&str]) {
    for value in values {
        let found = faults(&format!("a = {value}\n"));
        assert!(
            matches!(found.as_slice(), [Fault { kind: FaultKind::Rejected, .. }]),
            "{value:?}: {found:?}"
        );
    }
}

/// Each value with what Java makes of it.
fn all_accepted(values: &[(&str, &str)]) {
    for (value, expected) in values {
        assert_eq!(accepted(&format!("a = {value}\n")), format!("a={expected}"), "{value:?}");
    }
}

#[test]
fn integers() {
    all_accepted(&[
        ("0", "0"),
        ("+7", "7"),
        ("-0", "0"),
        ("1_000", "1000"),
        ("0xDEAD_beef", "3735928559"),
        ("0o17", "15"),
        ("0b101", "5"),
        ("-9223372036854775808", "-9223372036854775808"),
    ]);
    all_rejected(&[
        "01",
        "1__0",
        "_1",
        "1_",
        "+0x1",
        "0X1",
        "0x_1",
        "9223372036854775808",
        "10s",
        "127.0.0.1",
    ]);
}

#[test]
fn floats() {
    all_accepted(&[
        ("1.5", "1.5"),
        ("-0.0", "-0.0"),
        ("6.0_2e-2_3", "6.02e-23"),
        ("1E5", "100000.0"),
        ("0e9", "0.0"),
        ("+inf", "inf"),
        ("-inf", "-inf"),
        ("nan", "NaN"),
    ]);
    all_rejected(&[".5", "1.", "1.e5", "1e05", "1e400", "1e-400", "Inf", "1.5.0"]);
}

#[test]
fn truth_values() {
    all_accepted(&[("true", "true"), ("false", "false")]);
    all_rejected(&["True", "yes", "truely", "text"]);
}

#[test]
fn dates() {
    all_accepted(&[
        ("2030-01-31", "2030-01-31"),
        ("2030-01-31 08:30:00", "2030-01-31T08:30"),
        ("2030-01-31t08:30:05.5", "2030-01-31T08:30:05.500"),
        ("2030-01-31T08:30:00Z", "2030-01-31T08:30Z"),
        ("2030-01-31T08:30:00+05:30", "2030-01-31T08:30+05:30"),
        ("2030-01-31T08:30:00-7:5", "2030-01-31T08:30-07:05"),
        // The sign of a zero hour is lost.
        ("2030-01-31T08:30:00-00:30", "2030-01-31T08:30+00:30"),
        ("08:30:00.000001", "08:30:00.000001"),
        ("2028-02-29", "2028-02-29"),
    ]);
    all_rejected(&[
        "2030-02-29",
        "2030-13-01",
        "2030-1-1",
        "08:30",
        "24:00:00",
        "08:30:60",
        "08:30:00.1234567890",
    ]);
    all_rejected(&["2030-01-31T08:30:00z", "2030-01-31T08:30:00+18:01", "2030-01-31  08:30:00"]);
}

#[test]
fn a_date_needs_a_blank_or_comma_behind_it() {
    all_accepted(&[
        ("[2030-01-31 ]", "[2030-01-31]"),
        ("[2030-01-31 , 2030-02-01 ]", "[2030-01-31 2030-02-01]"),
    ]);
    assert_eq!(accepted("a = { d = 2030-01-31, e = 08:30:00 }"), "a.d=2030-01-31 a.e=08:30");
    assert_eq!(wrong("a = [2030-01-31]"), ["1 `]` a date stands directly before `]`"]);
    assert_eq!(wrong("a = {d = 2030-01-31}"), ["1 `}` a date stands directly before `}`"]);
    assert_eq!(wrong("a = [2030-01-31, 2030-02-01 ]").len(), 1);
}

#[test]
fn short_texts() {
    all_accepted(&[
        (r#""""#, r#""""#),
        (r#""a\"b\\\b\f\n\r\t""#, r#""a\"b\\\u{8}\u{c}\n\r\t""#),
        (r#""\u00e9\U0001f600""#, "\"é😀\""),
        // A surrogate pair may be escaped in halves; one half alone is written as `?`.
        (r#""\ud83d\ude00""#, "\"😀\""),
        (r#""\ud83d""#, "\"?\""),
        ("'a\\n\t'", r#""a\\n\t""#),
    ]);
    all_rejected(&[
        r#""a\qb""#,
        r#""\/""#,
        r#""\x41""#,
        r#""\u12""#,
        r#""\U00110000""#,
        "\"\u{1}\"",
        "'\u{7f}'",
    ]);
    all_rejected(&["\"a", "'a", "\"a\"b\"", "\u{201c}a\u{201d}"]);
}

#[test]
fn a_tab_is_refused_in_double_quotes_only() {
    assert_eq!(wrong("a = \"x\ty\""), ["1 `\t` a tab stands in a text in double quotes"]);
    assert_eq!(wrong("a = \"\"\"\n\tx\"\"\"").len(), 1);
    assert_eq!(accepted("a = 'x\ty'\nb = '''\n\tz'''"), "a=\"x\\ty\" b=\"\\tz\"");
}

#[test]
fn long_texts() {
    all_accepted(&[
        ("\"\"\"\nx\ny\n\"\"\"", r#""x\ny\n""#),
        ("\"\"\"\r\nx\r\ny\"\"\"", r#""x\ny""#),
        ("'''\r\nx\r\ny'''", r#""x\ny""#),
        ("\"\"\"a\"b\"\"c\"\"\"", r#""a\"b\"\"c""#),
        // A line that goes on keeps its end, and the blanks of the next one.
        ("\"\"\"x\\  \n  y\"\"\"", r#""x\n  y""#),
    ]);
    all_rejected(&["\"\"\"a\"\"\"\"", "'''a''''", "\"\"\"a", "'''a", "\"\"\"a\rb\"\"\""]);
}

#[test]
fn arrays() {
    all_accepted(&[
        ("[]", "[]"),
        ("[1, 2,]", "[1 2]"),
        ("[\n  'x', # why\n\n  'y'\n]", r#"["x" "y"]"#),
        ("[[1], ['x']]", r#"[[1] ["x"]]"#),
        ("[{x = 1}, {y = 2}]", "[{x=1} {y=2}]"),
    ]);
    assert_eq!(wrong("a = [1, 'x', 'y']"), ["1 `'x'` the array holds integers first and texts here"]);
    assert_eq!(wrong("a = [2030-01-31 , 08:30:00 ]").len(), 1);
    all_rejected(&["[1 2]", "[1,,2]", "[,]", "[", "[1, [2]]", "[1, 1.5]"]);
    assert_eq!(
        wrong("a = ['x'\n, 'y']\nb = 1"),
        ["2 `,` the comma stands on another line than the value before it"]
    );
}

#[test]
fn the_end_of_a_list_of_empty_lists_is_lost_until_an_empty_line() {
    assert_eq!(accepted("a = [[], []]\n\nb = 1"), "a=[[] []] b=1");
    assert_eq!(accepted("a = [[1], []]\nb = 1"), "a=[[1] []] b=1");
    let found = wrong("a = [[], []]\nb = 1\nc = 2");
    assert!(
        matches!(found.as_slice(), [only] if only.starts_with("2 `b` the server's TOML reader takes")),
        "{found:?}"
    );
}

#[test]
fn inline_tables() {
    assert_eq!(accepted("a = { x = 1, 'y z'.w = [1,\n2] }"), "a.\"y z\".w=[1 2] a.x=1");
    assert_eq!(accepted("a = {}\nb = 1"), "b=1");
    assert_eq!(accepted("a = {x = 1}\n[a.b]\ny = 2"), "a.x=1 a.b.y=2");
    all_rejected(&["{ x = 1, }", "{ x = 1 y = 2 }", "{ x }", "{ x = 1", "{ x = 1, x = 2 }", "{ x = [] }"]);
    all_rejected(&["{ x = [1,] }", "{ x = 1, # why\n y = 2 }", "{\n x = 1,\n y = 2\n}"]);
    assert_eq!(wrong("a = {\n  x = 1,\n  y = 2\n}\nb = 1").len(), 1);
}

#[test]
fn all_empty_inline_tables_are_one() {
    assert_eq!(accepted("a = {}\nb = [{}]\n[a.c]\nx = 1"), "b=[{c.x=1}] a.c.x=1");
    let found = wrong("a = {}\n[a]\nx = 1");
    assert_eq!(found, ["!2 `[a]` [a] is defined after `{}` gave it as an empty table"]);
    assert!(wrong("a = {}\na.b = {}").iter().all(|fault| fault.starts_with("!2 ")));
    assert!(wrong("a = {}\na.b = [[{}]]").iter().all(|fault| fault.starts_with("!2 ")));
    assert_eq!(wrong("a = {}\n[a.b.c]\nd = {}").len(), 1);
}

#[test]
fn a_table_after_its_sub_table_overflows_the_stack() {
    let reason = "the table [a] comes after a table or key within it";
    for text in ["[a.b]\nx = 1\n[a]", "[[a.b]]\nx = 1\n[a]", "a.b = 1\n\n[a]", "[a.b.c]\n[a.b.d]\n[a]"] {
        let found = wrong(text);
        assert!(
            matches!(found.as_slice(), [only] if only.ends_with(reason) && only.starts_with("!3 `[a]`")),
            "{found:?}"
        );
    }
    assert_eq!(wrong("[x]\na.b = 1\n[x.a]").len(), 1);
    assert_eq!(wrong("[[x]]\n[x.a.b]\n[x.a]").len(), 1);
    assert_eq!(wrong("[a.b]\n[c.d]\n[a]\n[c]").len(), 2);
    assert_eq!(accepted("[a]\nx = 1\n[a.b]\ny = 2\n[c]\n[a.d]\nz = 3"), "a.x=1 a.b.y=2 a.d.z=3");
    let earlier = faults("[a.b]\n[a]").first().and_then(|fault| fault.earlier);
    assert_eq!(earlier, Some(Span::new(FILE, 1, 2)));
}

#[test]
fn an_error_comes_before_an_overflow() {
    let kinds: Vec<_> = faults("[a.b]\n[a]\na = 1").iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [FaultKind::Rejected]);
}

#[test]
fn repeated_keys_and_tables() {
    assert_eq!(wrong("a = 1\na = 2"), ["2 `a` the key a is defined a second time"]);
    assert_eq!(wrong("a.b = 1\n[a.c]\n[a]\n").len(), 1);
    assert_eq!(wrong("[a]\n[a]"), ["2 `[a]` [a] is defined a second time"]);
    assert_eq!(wrong("[[a]]\n[a]"), ["2 `[a]` [a] names one table, but a is a list of tables already"]);
    assert_eq!(wrong("[a]\n[[a]]"), ["2 `[[a]]` [[a]] names a list of tables, but a is one table already"]);
    assert_eq!(
        wrong("a = [{}]\n[[a]]"),
        ["2 `[[a]]` [[a]] adds to a, which was written as a list in brackets"]
    );
    assert_eq!(wrong("a = 1\n[a.b]"), ["2 `a` a has a value already, so it cannot be a table too"]);
    assert_eq!(wrong("a = 1\n[a]"), ["2 `[a]` [a] names a table, but a has a value already"]);
    assert_eq!(wrong("[[a]]\nx = 1\n[b]\n[a.c]\ny = 2\n[a.c]").len(), 1);
}

#[test]
fn lists_of_tables() {
    assert_eq!(accepted("[[a]]\nx = 1\n[a.b]\ny = 2\n[[a]]\n[[a.c]]\nz = 3"), "a=[{x=1 b.y=2} {c=[{z=3}]}]");
}

#[test]
fn keys_and_headers() {
    assert_eq!(accepted("a . 'b' . \"c\" = 1\n[ d . e ] # why\n-_1 = 2"), "a.b.c=1 d.e.-_1=2");
}

#[test]
fn line_ends_and_comments() {
    assert_eq!(accepted("a = 1\r\n# \u{1}\r\n\r\nb = 2 # c\r\n"), "a=1 b=2");
    assert_eq!(accepted(""), "");
    assert_eq!(wrong("a = 1\rb = 2").len(), 1);
    assert_eq!(wrong("\u{feff}a = 1"), ["1 `\u{feff}` the file starts with a byte order mark"]);
}

#[test]
fn keys_come_in_the_order_of_java() {
    let text = "[server]\nhostname = 1\nnode_ip = 2\n[apim.gateway]\ntype = 3\n[user_store]\ntype = 4\n\
                [keystore.tls]\nfile_name = 5\npassword = 6\n[database.apim_db]\nurl = 7\n";
    assert_eq!(
        accepted(text),
        "keystore.tls.file_name=5 server.node_ip=2 keystore.tls.password=6 server.hostname=1 \
         database.apim_db.url=7 user_store.type=4 apim.gateway.type=3"
    );
}

#[test]
fn keys_are_joined_and_parsed_again_with_losses() {
    assert_eq!(accepted("'a b' = 1\n'x.y'.z = 2"), "\"x.y\".z=2 \"a b\"=1");
    // Escapes in the joined key are read as they stand, since the mapper puts single quotes around them.
    assert_eq!(accepted("'é' = 1"), "\"\\u00e9\" is lost");
    assert_eq!(accepted("\"t\\tb\" = 1"), "\"t\\tb\" is lost");
    assert_eq!(accepted("\"it's\" = 1"), "\"it\\'s\" is no key");
    assert_eq!(accepted("'a\"b' = 1"), "\"a\"b\" is no key");
    assert_eq!(accepted("'a\\b' = 1"), "\"a\\b\"=1");
}

#[test]
fn one_mistake_is_told_of_once() {
    for text in [
        "[a\nx = 1\n[b]\nx = 1",
        "'[a]\nx = 1\n[b]\nx = 1",
        "a = [\n  text,\n  'x',\n  'y'\n]\nb = 1",
        "a = { x = 'y\n[b]\nx = 1",
        "a: 1\nb = 2",
        "a = \"\"\"x\nb = 1\n[c]\n",
        "[a]\nx = 1\ny = 2\n\nx = 1\ny = 2\n",
        "x = 1 y = 2",
        "[a] x = 1",
        "[]\nx = 1",
        "x =\ny = 1",
    ] {
        assert_eq!(wrong(text).len(), 1, "{text:?}: {:?}", wrong(text));
    }
    assert_eq!(wrong("a = x\nb = 01\n[c\nd = 'e\n[f]\n[f]").len(), 5);
    assert_eq!(faults(&"a = x\n".repeat(1000)).len(), MOST_FAULTS);
}

#[test]
fn no_fault_shows_a_value() {
    let canary = "s3cret";
    for text in ["a = s3cret", "a = 1 s3cret", "a = 's3cret", "a = \"s3cret\\q\"", "a = ['s3cret', 1 s3cret"]
    {
        let found = faults(text);
        let shown = |fault: &Fault| fault.reason.contains(canary) || fault.help.contains(canary);
        assert!(!found.is_empty() && !found.iter().any(shown), "{found:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    for (open, levels, is_read) in
        [("[", 250, true), ("[", 200_000, false), ("{a=", 250, true), ("{a=", 200_000, false)]
    {
        let close = if open == "[" { "]" } else { "}" };
        let text = format!("a = {}1{}\n", open.repeat(levels), close.repeat(levels));
        let kinds: Vec<_> = faults(&text).iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, if is_read { vec![] } else { vec![FaultKind::Overflow] });
    }
    let path = vec!["a"; 10_000].join(".");
    assert!(wrong(&format!("[{path}]")).iter().all(|fault| fault.starts_with("!1 ")));
    assert_eq!(wrong(&format!("{path} = 1")).len(), 1);
    assert_eq!(accepted(&format!("{} = 1", vec!["a"; 250].join("."))).len(), 501);
}

#[test]
fn spans_lie_on_what_was_written() {
    let text = "[a.b]\nk.'l m' = \"é\" # why\nn = [{}, {x = 2}]\n";
    let source = SourceFile::new("deployment.toml", "deployment.toml", text.to_owned());
    let Ok(document) = parse(FILE, text) else { panic!() };
    let at = |path: &[&str]| {
        let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
        document
            .root
            .entry_at(&path)
            .map(|entry| (source.slice(entry.key_span), source.slice(entry.value.span)))
    };
    assert_eq!(at(&["a"]), Some(("a", "[a.b]")));
    assert_eq!(at(&["a", "b"]), Some(("b", "[a.b]")));
    assert_eq!(at(&["a", "b", "k", "l m"]), Some(("'l m'", "\"é\"")));
    let list = document.root.get("a.b.n").ok().flatten().map(|entry| &entry.value.item);
    let Some(Item::Array(values)) = list else { panic!() };
    let spans: Vec<_> = values.iter().map(|value| source.slice(value.span)).collect();
    assert_eq!(spans, ["{}", "{x = 2}"]);
}

#[test]
fn no_cut_makes_it_panic() {
    let text = "[a.b]\nk.'l m' = \"é\\u00e9\" # why\nn = [1.5e3, {x = 0x2f}, 2030-01-31T08:30:00.5Z ]\n\
                [[c]]\nd = '''x\r\n'''\n";
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let (cut, _) = text.split_at(end);
        for fault in faults(cut) {
            assert!(fault.span.start <= fault.span.end && fault.span.end as usize <= cut.len(), "{cut:?}");
        }
    }
}

#[test]
fn malformed_bytes_become_replacement_characters_as_in_java() {
    assert_eq!(decode(b"a\xffb\xc3\xa9"), "a\u{fffd}bé");
    assert_eq!(decode(b"\xed\xa0\x80x\xed\xa0x\xed\xa0"), "\u{fffd}x\u{fffd}x\u{fffd}");
    assert_eq!(decode(b"\xf0\x9f\x98"), "\u{fffd}");
}
