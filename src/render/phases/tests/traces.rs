use super::*;
use crate::render::value::KeyPath;
use crate::source::Span;

const PACK: Pack = Pack {
    default: r#"{"d": "$ref{x.y}", "m": {"n": 1}}"#,
    infer: r#"{"db.$1.type": {"mysql": {"db.$1.port": 3306}}}"#,
    key_mappings: r#"{"a.b": "x.y", "l": "list", "list:f_g": "list:f.g"}"#,
    unit_resolve: NOTHING,
    validator: NOTHING,
    environment: Environment {
        variables: BTreeMap::new(),
        properties: BTreeMap::new(),
        keep_unresolved: true,
    },
    version: "1.0.23",
};

const TOML: &str = "a.b = \"v\"\narray = [\"p\", \"$env{Q}\"]\n[db.one]\ntype = \"mysql\"\n\
                    [[l]]\nf_g = \"$env{F}\"\nh = 2\n[[l]]\nf_g = 3\n[quoted]\n\"k.k\" = 4\n";

/// What a trace says: the key and value as written, or how else the value came.
fn told(path: &KeyPath) -> String {
    let Some(trace) = PACK.configure(TOML).unwrap().origins.of(path) else { return "nothing".to_owned() };
    let origin = match trace.origin {
        Origin::Written { key, key_span, span } => {
            let text = |span: Span| TOML.get(span.start as usize..span.end as usize).unwrap();
            format!("{key}: {} = {}", text(key_span), text(span))
        }
        Origin::Inferred { rule, value, from } => format!("{rule} of {from} is {value}"),
        Origin::Default => "default".to_owned(),
    };
    let references: Vec<_> =
        trace.references.iter().map(|reference| reference.kind.placeholder(&reference.name)).collect();
    format!("{} <- {origin} {}", trace.key, references.join(" "))
}

fn path(keys: &[&str]) -> KeyPath {
    keys.iter().fold(KeyPath::default(), |path, key| path.key(*key))
}

#[test]
fn a_mapped_key_is_traced_to_what_was_written() {
    assert_eq!(told(&path(&["x", "y"])), "x.y <- a.b: b = \"v\" ");
    assert_eq!(told(&path(&["quoted", "k.k"])), "quoted.'k.k' <- quoted.'k.k': \"k.k\" = 4 ");
}

#[test]
fn an_inferred_value_is_traced_to_the_value_that_implied_it() {
    assert_eq!(told(&path(&["db", "one", "port"])), "db.one.port <- db.$1.type of db.one.type is mysql ");
    let configuration = PACK.configure(TOML).unwrap();
    assert!(matches!(configuration.origins.of_key("db.one.type").unwrap().origin, Origin::Written { .. }));
}

#[test]
fn a_default_is_traced_with_its_references() {
    assert_eq!(told(&path(&["d"])), "d <- default $ref{x.y}");
    assert_eq!(told(&path(&["m", "n"])), "m <- default ");
}

#[test]
fn fields_and_elements_have_their_own_places() {
    let first = path(&["list"]).index(0);
    assert_eq!(told(&first.key("f").key("g")), "list <- l: f_g = \"$env{F}\" $env{F}");
    assert_eq!(told(&first.key("h")), "list <- l: h = 2 ");
    assert_eq!(told(&path(&["list"]).index(1).key("f").key("g")), "list <- l: f_g = 3 ");
    assert_eq!(told(&path(&["array"]).index(1)), "array <- array: array = \"$env{Q}\" $env{Q}");
}

#[test]
fn what_no_key_leads_to_has_no_trace() {
    assert_eq!(told(&path(&["db", "one"])), "nothing");
    assert_eq!(told(&path(&["nowhere"])), "nothing");
}

#[test]
fn versions_are_told_from_the_jar_or_the_product() {
    let version = |text| MapperVersion::parse(text);
    assert!(version("1.0.9") < version("1.0.23") && version("1.0.23") < version("1.1.0"));
    assert_eq!((version("1.0"), version("1.0.23-SNAPSHOT"), version("1.0.2.3")), (None, None, None));
    for (product, mapper) in
        [("3.2.0", "1.0.2"), ("4.0.0", "1.0.18"), ("4.2.0", "1.0.20"), ("4.5.0", "1.0.23")]
    {
        assert_eq!(Some(MapperVersion::of_product(product)), version(mapper));
    }
}
