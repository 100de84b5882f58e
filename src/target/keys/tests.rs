use super::catalogue::versions_of;
use super::query::Query;
use super::*;
use crate::render::phases::{RuleTexts, Rules};
use crate::target::model::read_file;

const SERVER: &str = "\
Server
  % if server.hostname is defined
    HostName = {{ server.hostname }}
  % else
    HostName = localhost
  Ports
    Offset = {{ server.offset | default('0') }}
  % if admin.wsdl is sameas true
    HideWsdl = false
  % if server.mode == 'single'
    Single = {{ server.single }}
  Environments
    % for environment in apim.environment
      Environment
        @type = {{ environment.type }}
        Name = {{ environment.name }}
        % for key, value in environment.properties.items()
          Property
            @name = {{ key }}
            = {{ value }}
  Receiver
    @name = http
    % for key, value in transport.inner.parameters.items()
      parameter
        @name = {{ key }}
        = {{ value }}
  % for item in server.hidden
    Hidden = {{ item }}
  Url = {{ database.main.url }}
";

const RULES: RuleTexts<'static> = RuleTexts {
    default: r#"{"transport.inner.parameters.port": "8280", "server.secure": true, "server.idle": "$ref{server.other}",
        "server.other": 5, "apim.cache.time": "15m"}"#,
    infer: r#"{"database.$1.type": {"mysql": {"database.$1.url": "jdbc:mysql://$ref{database.$1.hostname}"}},
        "server.mode": {"single": {"server.single": true}}}"#,
    key_mappings: r#"{"transport.http.port": "transport.inner.parameters.port", "apim.environment:kind": "apim.environment:type"}"#,
    unit_resolve: r#"{"time": {"apim.cache.time": "s", "nobody.reads": "s"}}"#,
    validator: r#"{"server.mode": [{"regex": "\\Asingle\\Z|\\Aha\\Z"}]}"#,
};

fn index() -> Index {
    let rules = Rules::parse(&RULES).unwrap();
    let file = read_file("repository/conf/server.xml", SERVER).unwrap();
    Index::of(&rules, [&file])
}

fn key<'i>(index: &'i Index, name: &str) -> &'i Key {
    index.get(&parse_all(name)).unwrap_or_else(|| panic!("{name} is not known"))
}

/// Keys as [`Pattern`] spells them.
fn parse_all(name: &str) -> Pattern {
    use crate::target::pattern::Step;
    let mut steps = Vec::new();
    for part in name.split('.') {
        let plain = part.trim_end_matches("[]");
        steps.push(if plain == "*" { Step::Any } else { Step::Key(plain.into()) });
        steps.extend((0..part.matches("[]").count()).map(|_| Step::Each));
    }
    Pattern(steps)
}

fn places(key: &Key) -> Vec<String> {
    let place = |place: &Place| {
        let role = if place.role == Role::Fills { "" } else { "decides " };
        let conditions = place.conditions.iter().map(|condition| format!(" if {condition}"));
        format!("{role}{}{}", place.path, conditions.collect::<String>())
    };
    key.places.iter().map(place).collect()
}

#[test]
fn a_key_knows_the_places_that_it_fills_and_decides() {
    let index = index();
    assert_eq!(places(key(&index, "server.hostname")), ["/Server/HostName"]);
    assert_eq!(places(key(&index, "server.single")), ["/Server/Single if server.mode == 'single'"]);
    assert_eq!(places(key(&index, "server.mode")), ["decides /Server/Single"]);
    assert_eq!(places(key(&index, "admin.wsdl")), ["decides /Server/HideWsdl"]);
    assert_eq!(
        places(key(&index, "apim.environment[].type")),
        ["/Server/Environments/Environment[Name='{name}']/@type"]
    );
    assert_eq!(places(key(&index, "server.hidden")), ["/Server/Hidden", "decides /Server/Hidden"][..1]);
}

#[test]
fn entries_of_a_table_are_named_where_their_key_is_known() {
    let index = index();
    let port = "/Server/Receiver[@name='http']/parameter[@name='port']";
    assert_eq!(places(key(&index, "transport.inner.parameters.port")), [port]);
    assert_eq!(places(key(&index, "transport.inner.parameters.*")), [port.replace("'port'", "'{*}'")]);
}

#[test]
fn kinds_follow_from_defaults_templates_and_rules() {
    let index = index();
    let kind = |name| key(&index, name).kind;
    assert_eq!(kind("server.secure"), Kind::Boolean);
    assert_eq!(kind("admin.wsdl"), Kind::Boolean);
    assert_eq!(kind("server.single"), Kind::Boolean);
    assert_eq!(kind("server.offset"), Kind::Integer);
    assert_eq!(kind("server.idle"), Kind::Integer);
    assert_eq!(kind("apim.cache.time"), Kind::Integer);
    assert_eq!(kind("server.hostname"), Kind::Text);
    assert_eq!(kind("server.hidden"), Kind::List);
    assert_eq!(kind("apim.environment"), Kind::Tables);
    assert_eq!(kind("transport.inner.parameters"), Kind::Table);
}

#[test]
fn defaults_say_where_they_come_from() {
    let index = index();
    let default = |name| key(&index, name).default.as_ref().map(|found| (found.value.as_str(), found.source));
    assert_eq!(default("transport.inner.parameters.port"), Some(("\"8280\"", DefaultSource::File)));
    assert_eq!(default("server.offset"), Some(("0", DefaultSource::Filter)));
    assert_eq!(default("server.hostname"), Some(("\"localhost\"", DefaultSource::Branch)));
    assert_eq!(default("server.single"), None);
}

#[test]
fn written_and_internal_keys_know_each_other() {
    let index = index();
    let written = key(&index, "transport.http.port");
    assert_eq!(written.renamed_to, [parse_all("transport.inner.parameters.port")]);
    assert_eq!(written.kind, Kind::Integer);
    assert_eq!(places(written), places(key(&index, "transport.inner.parameters.port")));
    assert_eq!(
        key(&index, "transport.inner.parameters.port").renamed_from,
        [parse_all("transport.http.port")]
    );
    assert_eq!(key(&index, "apim.environment[].kind").renamed_to, [parse_all("apim.environment[].type")]);
}

#[test]
fn rules_give_implications_units_and_values() {
    let index = index();
    let implied = &key(&index, "database.main.url").implied_by;
    assert_eq!(implied.len(), 1);
    assert_eq!(
        (implied[0].when.as_str(), implied[0].key.to_string()),
        ("mysql", "database.main.type".to_owned())
    );
    assert_eq!(key(&index, "server.mode").implies[0].key, parse_all("server.single"));
    assert_eq!(key(&index, "apim.cache.time").unit.as_deref(), Some("s"));
    let values = &key(&index, "server.mode").values;
    assert_eq!((values.known.join(" "), values.only), ("ha single".to_owned(), true));
    assert!(!key(&index, "database.*.type").values.only);
}

#[test]
fn what_nothing_reads_is_unknown_and_has_neighbours() {
    let index = index();
    for known in [
        "server",
        "server.offset",
        "apim.environment[].properties.anything",
        "transport.http.port",
        "transport.inner.parameters.anything",
        "database.any.type",
        "database.any.hostname",
    ] {
        assert!(index.knows(&parse_all(known)), "{known}");
    }
    for unknown in ["server.ofset", "sever", "nobody.reads", "server.offset.more", "apim.environment[].nmae"]
    {
        assert!(!index.knows(&parse_all(unknown)), "{unknown}");
    }
}

#[test]
fn questions_are_asked_by_place_file_key_and_value() {
    let index = index();
    let ask = |query: &str| {
        let found = Query::parse(query).select(&index);
        found.iter().map(|key| key.pattern.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ask("//Ports/Offset"), "server.offset");
    assert_eq!(ask("Environment/@type"), "apim.environment[].kind");
    assert_eq!(ask("parameter[@name=\"port\"]"), "transport.http.port");
    assert_eq!(ask("@type"), "apim.environment[].kind");
    assert_eq!(ask("<Offset>"), "server.offset");
    assert_eq!(ask("Receiver/parameter[@name='port']"), "transport.http.port");
    assert_eq!(ask("offset"), "server.offset");
    assert_eq!(ask("Hidden"), "server.hidden");
    assert_eq!(ask("apim.environment.name"), "apim.environment[].name");
    assert_eq!(ask("8280"), "transport.http.port");
    assert_eq!(ask("nothing.like.it"), "");
    assert_eq!(ask(""), "");
    assert!(ask("server.xml").contains("server.hidden"));
}

#[test]
fn a_word_is_the_start_of_keys_and_a_part_of_others() {
    let index = index();
    let ask = |query: &str| {
        let found = Query::parse(query).select(&index);
        found.iter().map(|key| key.pattern.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ask("[database]"), ask("database"));
    assert_eq!(ask("http"), "transport.http.port");
    assert!(ask("apim").contains("apim.cache.time") && ask("apim").contains("apim.environment[].name"));
}

#[test]
fn elements_lead_to_what_stands_in_them() {
    let index = index();
    let ask = |query: &str| {
        let found = Query::parse(query).select(&index);
        found.iter().map(|key| key.pattern.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ask("Server/Ports"), "server.offset");
    assert_eq!(ask("Receiver"), "transport.http.port transport.inner.parameters.*");
    assert_eq!(ask("Receiver"), ask("Server/Receiver"));
}

#[test]
fn what_is_misspelt_has_neighbours_of_its_kind() {
    let index = index();
    let near = |query: &str| Query::parse(query).near(&index).join(" ");
    assert_eq!(near("server.ofset"), "server.offset server.other");
    assert_eq!(near("//Ports/Ofset"), "Ports/Offset");
    assert_eq!(near("servr.xml"), "server.xml");
    assert_eq!(near("HidWsdl"), "HideWsdl");
    assert_eq!(near("Recever"), "Receiver");
    assert_eq!(near("//"), "");
}

#[test]
fn a_key_is_read_as_it_was_written() {
    let index = index();
    for key in index.keys() {
        assert_eq!(record::read(&key.pattern.to_string(), &record::write(key)), *key);
    }
}

#[test]
fn examples_are_toml() {
    let index = index();
    let example = |name| example::of(key(&index, name), &index);
    assert_eq!(example("server.offset"), "[server]\noffset = 0\n");
    assert_eq!(example("apim.environment[].name"), "[[apim.environment]]\nname = \"…\"\n");
    assert_eq!(example("database.*.type"), "[database.NAME]\ntype = \"mysql\"\n");
    assert!(example("apim.environment").starts_with("[[apim.environment]]\nkind = \"…\"\nname"));
}

#[test]
fn keys_are_taken_apart_as_the_server_does() {
    let names = |key: &str| parse(key).map(|pattern| pattern.to_string());
    assert_eq!(names("a.'b.c'.d").as_deref(), Some("a.'b.c'.d"));
    assert_eq!(names("a.$1.b").as_deref(), Some("a.*.b"));
    assert_eq!(names("a.b:c").as_deref(), Some("a.b[].c"));
    assert_eq!(names("a.'b"), None);
    assert_eq!(names(""), None);
}

#[test]
fn the_catalogue_tells_the_versions_of_a_key() {
    assert!(versions_of("server.hostname").holds("4.5.0"));
    assert!(versions_of("server.hostnam").is_empty());
}
