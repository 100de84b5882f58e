//! What a deployment.toml looks like.

use super::*;
use crate::migrate::{Change, Customised};
use crate::model::{Version, sample};
use crate::render::value::{Map, Value};
use crate::source::{FileId, Span};
use crate::syntax::server_toml;

const TARGET: Target = Target { version: Version::new(4, 5, 0), pack: None };

fn customised(file: &str, line: u32, comment: Option<&str>, secret: bool) -> Customised {
    Customised {
        file: format!("repository/conf/{file}"),
        path: format!("/{line}"),
        change: Change::Changed,
        value: None,
        vanilla: None,
        span: Span::new(FileId { owner: 0, index: 0 }, 0, 0),
        line,
        secret,
        shown: None,
        vanilla_shown: None,
        comment: comment.map(str::to_owned),
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn assignment(key: Key, value: Value, from: &[usize]) -> Assignment {
    Assignment { key, value, from: from.to_vec() }
}

fn written(customised: &[Customised], assignments: Vec<Assignment>, options: Options<'_>) -> Written {
    let node = sample::node(0, "node1");
    let legacy = Legacy { node: &node, pack: None, customised: customised.to_vec() };
    let decisions = Decisions { assignments, ..Decisions::default() };
    let written = deployment_toml(&legacy, &decisions, &TARGET, options).unwrap();
    accepted(&written.text);
    written
}

/// The server's own reader takes the text, and no tab or byte order mark is in it.
fn accepted(text: &str) -> server_toml::Document {
    assert!(text.parse::<DocumentMut>().is_ok(), "{text}");
    assert!(!text.contains(['\t', '\u{feff}']), "{text}");
    server_toml::parse(FileId { owner: 0, index: 0 }, text)
        .unwrap_or_else(|faults| panic!("{faults:?} in\n{text}"))
}

fn plain(assignments: Vec<Assignment>) -> String {
    let written = written(&[], assignments, Options { minimal: true, ..Options::default() });
    assert_eq!(written.notes, []);
    written.text
}

fn environment(index: usize, name: &str) -> Key {
    Key::dotted("apim.gateway.environment").item(index, Some(("name", name)))
}

#[test]
fn a_table_stands_before_those_within_it_that_the_product_has() {
    let text = plain(vec![
        assignment(Key::dotted("oauth.grant_type.token_exchange.enable"), Value::Bool(true), &[]),
        assignment(Key::dotted("oauth.token_cleanup"), Value::Bool(false), &[]),
        assignment(Key::dotted("oauth.endpoints.oauth2_dcr_url"), text("u"), &[]),
    ]);
    let headers: Vec<&str> = text.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(headers, ["[oauth]", "[oauth.grant_type.token_exchange]", "[oauth.endpoints]"]);
}

#[test]
fn tables_stand_in_the_order_of_the_product_and_before_those_within_them() {
    let text = plain(vec![
        assignment(Key::dotted("transport.https.properties.proxyPort"), Value::Integer(443), &[]),
        assignment(Key::dotted("apim.throttling.blacklist.enable"), Value::Bool(true), &[]),
        assignment(Key::dotted("apim.throttling.enable"), Value::Bool(true), &[]),
        assignment(Key::dotted("secrets.a"), text("[b]"), &[]),
        assignment(Key::dotted("oauth.timeout"), Value::Integer(1), &[]),
        assignment(Key::dotted("database.shared_db.url"), text("u"), &[]),
        assignment(Key::dotted("database.apim_db.pool_options.maxActive"), Value::Integer(50), &[]),
        assignment(Key::dotted("database.apim_db.type"), text("mysql"), &[]),
        assignment(Key::dotted("server.offset"), Value::Integer(1), &[]),
        assignment(Key::dotted("server.hostname"), text("h"), &[]),
    ]);
    assert_eq!(
        text,
        "[server]\nhostname = \"h\"\noffset = 1\n\n[database.apim_db]\ntype = \"mysql\"\n\n\
         [database.apim_db.pool_options]\nmaxActive = 50\n\n[database.shared_db]\nurl = \"u\"\n\n\
         [apim.throttling]\nenable = true\n\n[apim.throttling.blacklist]\nenable = true\n\n\
         [oauth]\ntimeout = 1\n\n[transport.https.properties]\nproxyPort = 443\n\n[secrets]\na = \"[b]\"\n"
    );
}

#[test]
fn tables_of_arrays_stand_together_with_what_is_in_them() {
    let group = |index| Key::dotted("apim.throttling.url_group").item(index, None);
    let text = plain(vec![
        assignment(environment(1, "B").name("name"), text("B"), &[]),
        assignment(environment(0, "A").name("name"), text("A"), &[]),
        assignment(environment(0, "A").name("virtual").name("x"), Value::Integer(1), &[]),
        assignment(group(1).name("type"), text("failover"), &[]),
        assignment(group(0).name("type"), text("loadbalance"), &[]),
        assignment(Key::dotted("apim.throttling.enable"), Value::Bool(true), &[]),
    ]);
    assert_eq!(
        text,
        "[[apim.gateway.environment]]\nname = \"A\"\n\n[apim.gateway.environment.virtual]\nx = 1\n\n\
         [[apim.gateway.environment]]\nname = \"B\"\n\n[apim.throttling]\nenable = true\n\n\
         [[apim.throttling.url_group]]\ntype = \"loadbalance\"\n\n[[apim.throttling.url_group]]\ntype = \"failover\"\n"
    );
}

#[test]
fn remarks_and_places_are_carried_over() {
    let legacy = [
        customised("carbon.xml", 27, Some("agreed with\nthe network team"), false),
        customised("axis2/axis2.xml", 300, None, false),
        customised("datasources/master-datasources.xml", 10, None, false),
        customised("datasources/master-datasources.xml", 14, Some("moved in May"), false),
    ];
    let written = written(
        &legacy,
        vec![
            assignment(Key::dotted("server.offset"), Value::Integer(1), &[0]),
            assignment(Key::dotted("server.hostname"), text("h"), &[0, 1]),
            assignment(Key::dotted("database.apim_db.url"), text("u"), &[2]),
            assignment(Key::dotted("database.apim_db.username"), text("n"), &[3]),
        ],
        Options::default(),
    );
    let (_, body) = written.text.split_once("\n\n").unwrap();
    assert_eq!(
        body,
        "[server]\n# agreed with\n# the network team\nhostname = \"h\" # axis2/axis2.xml:300, carbon.xml:27\n\
         offset = 1 # carbon.xml:27\n\n# datasources/master-datasources.xml:10-14\n[database.apim_db]\nurl = \"u\"\n\
         # moved in May\nusername = \"n\"\n"
    );
    assert!(written.text.starts_with("# node1: API Manager 2.6.0 migrated to 4.5.0 by apimlint.\n"));
}

#[test]
fn a_base_is_edited_in_place() {
    let base = "# ours\n[server]\nhostname = \"localhost\"   # the host\noffset = 1\n\n[[apim.gateway.environment]]\n\
                name = \"Default\"\ntype = \"hybrid\"\n\n[apim.cache]\nx = 1 # y\n\n[secrets]\na = \"[b]\"\n";
    let assignments = vec![
        assignment(Key::dotted("server.hostname"), text("h"), &[]),
        assignment(Key::dotted("server.offset"), Value::Integer(1), &[]),
        assignment(environment(0, "Default").name("type"), text("production"), &[]),
        assignment(environment(1, "Other").name("name"), text("Other"), &[]),
        assignment(Key::dotted("apim.cache.y.z"), Value::Integer(2), &[]),
        assignment(Key::dotted("apim.w"), Value::Integer(3), &[]),
        assignment(Key::dotted("new.v"), Value::Integer(4), &[]),
    ];
    let options = Options { base: Some(base), ..Options::default() };
    let once = written(&[], assignments.clone(), options).text;
    assert_eq!(
        once,
        "# ours\n[server]\nhostname = \"h\"   # the host\noffset = 1\n\n[apim]\nw = 3\n\n[[apim.gateway.environment]]\n\
         name = \"Default\"\ntype = \"production\"\n\n[[apim.gateway.environment]]\nname = \"Other\"\n\n\
         [apim.cache]\nx = 1 # y\n\n[apim.cache.y]\nz = 2\n\n[new]\nv = 4\n\n[secrets]\na = \"[b]\"\n"
    );
    assert_eq!(written(&[], assignments, Options { base: Some(&once), ..options }).text, once);
}

#[test]
fn credentials_move_to_the_end() {
    let legacy = [customised("user-mgt.xml", 7, Some("ask ops"), true)];
    let written = written(
        &legacy,
        vec![
            assignment(Key::dotted("super_admin.password"), text("s3cret"), &[0]),
            assignment(Key::dotted("keystore.tls.password"), text("$env{KEY}"), &[0]),
            assignment(environment(0, "A b").name("password"), text("x"), &[]),
            assignment(Key::dotted("super_admin.username"), text("admin"), &[]),
        ],
        Options { split_secrets: true, minimal: true, ..Options::default() },
    );
    assert_eq!(
        written.text,
        "[super_admin]\nusername = \"admin\"\npassword = \"$secret{super_admin_password}\"\n\n\
         [keystore.tls]\npassword = \"$env{KEY}\"\n\n\
         [[apim.gateway.environment]]\npassword = \"$secret{apim_gateway_environment_a_b_password}\"\n\n\
         [secrets]\nsuper_admin_password = \"[s3cret]\"\napim_gateway_environment_a_b_password = \"[x]\"\n"
    );
    let notes: Vec<&str> = written.notes.iter().map(|note| note.text.as_str()).collect();
    assert!(matches!(notes.as_slice(), [note] if note.contains("ciphertool.sh -Dconfigure")), "{notes:?}");
}

#[test]
fn what_cannot_be_written_is_said() {
    let written = written(
        &[],
        vec![
            assignment(Key::dotted("a.b"), Value::Integer(1), &[]),
            assignment(Key::dotted("a.b.c"), Value::Integer(2), &[]),
            assignment(Key::dotted("a").name("x y"), Value::Integer(3), &[]),
            assignment(Key::dotted("a.d"), Value::Null, &[]),
            assignment(environment(0, "A"), Value::Integer(4), &[]),
        ],
        Options { minimal: true, ..Options::default() },
    );
    assert_eq!(written.notes.len(), 4, "{:?}", written.notes);
    assert!(written.text.starts_with("[a]\nb = 1\n"), "{}", written.text);
}

#[test]
fn the_server_reads_every_kind_of_value() {
    let mut map = Map::new();
    map.insert("x", Value::Integer(1));
    let long = |letter: &str| text(&letter.repeat(60));
    let values = [
        text("C:\\a\\b \"c\" 'd' \t\r\n# é \u{1f600} {{x}} ${y} \u{1}"),
        text(""),
        Value::List(Vec::new()),
        Value::List(vec![Value::List(Vec::new()), Value::List(vec![text("a")])]),
        Value::List(vec![long("a"), long("b"), text("[c]"), text("d, e")]),
        Value::Map(Map::new()),
        Value::Map(map.clone()),
        Value::List(vec![Value::Map(map.clone()), Value::Map(map)]),
        Value::Double(-0.25),
        Value::Double(1e21),
        Value::Integer(i64::MIN),
        Value::Bool(false),
    ];
    let key = |index: usize| Key::dotted("a").name(format!("k{index}"));
    let assignments =
        values.iter().enumerate().map(|(index, value)| assignment(key(index), value.clone(), &[]));
    let document =
        accepted(&plain(assignments.chain([assignment(Key::dotted("b.c"), text("d"), &[])]).collect()));
    let Value::Map(read) = value_of(&document.root.entry("a").unwrap().value.item) else {
        panic!("no table")
    };
    for (index, value) in values.iter().enumerate() {
        assert_eq!(read.get(&format!("k{index}")), Some(value));
    }
}

/// What the server reads.
fn value_of(item: &server_toml::Item) -> Value {
    use server_toml::Item;
    match item {
        Item::Text(text) => Value::Text(text.clone()),
        Item::Integer(number) => Value::Integer(*number),
        Item::Double(number) => Value::Double(*number),
        Item::Bool(truth) => Value::Bool(*truth),
        Item::Date(date) => Value::Date(date.clone()),
        Item::Array(items) => Value::List(items.iter().map(|item| value_of(&item.item)).collect()),
        Item::Table(table) => {
            let mut map = Map::new();
            for entry in table.entries() {
                map.insert(entry.key.as_str(), value_of(&entry.value.item));
            }
            Value::Map(map)
        }
    }
}

#[test]
fn a_base_that_is_no_toml_is_refused() {
    let node = sample::node(0, "node1");
    let legacy = Legacy { node: &node, pack: None, customised: Vec::new() };
    let options = Options { base: Some("[a"), ..Options::default() };
    assert!(deployment_toml(&legacy, &Decisions::default(), &TARGET, options).is_err());
}
