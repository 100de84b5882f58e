use super::*;

#[test]
fn tables_become_dotted_keys_in_javas_order() {
    let toml = "b = 1\n[t.u]\nx = \"y\"\n'a.b' = 2.5\n[[l]]\nm.n = true\n'p q' = [1, 2]\n[[l]]\n[e]\n";
    assert_eq!(
        Pack::default().flat(toml),
        ["b=1", "t.u.'a.b'=2.5", "t.u.x=y", "l=[{'p q'=[1, 2], m.n=true}, {}]"]
    );
}

#[test]
fn a_key_beyond_ascii_is_not_found_again() {
    assert_eq!(Pack::default().flat("\"é\" = 1\n"), ["'\\u00e9'=null"]);
}

#[test]
fn keys_are_mapped_one_to_one_one_to_many_or_away() {
    let pack =
        Pack { key_mappings: r#"{"a.b": "x.y", "a.c": ["x.'p.q'", "z"], "gone": 1}"#, ..Pack::default() };
    assert_eq!(pack.flat("gone = 1\n[a]\nb = 1\nc = 2\nd = 3\n"), ["x.y=1", "z=2", "a.d=3", "x.'p.q'=2"]);
}

#[test]
fn where_keys_meet_the_last_in_javas_order_wins() {
    let pack = Pack { key_mappings: r#"{"b": "t", "a": "t"}"#, ..Pack::default() };
    assert_eq!(pack.flat("b = 1\na = 2\n"), ["t=1"]);
    assert_eq!(pack.flat("a = 2\nb = 1\n"), ["t=1"]);
}

#[test]
fn fields_of_arrays_are_mapped_in_shared_arrays_too() {
    let pack =
        Pack { key_mappings: r#"{"a": ["x", "y"], "x:b_c": ["x:b.c", "x:d"], "x:n": 1}"#, ..Pack::default() };
    let toml = "[[a]]\nb_c = 1\nn = 5\n[[a]]\nk = 2\n";
    assert_eq!(pack.tree(toml), "{x=[{b={c=1}, d=1}, {k=2}], y=[{b={c=1}, d=1}, {k=2}]}");
}

#[test]
fn values_follow_from_values_and_written_ones_win() {
    let pack = Pack {
        infer: r#"{
            "db.$1.type": {"mysql": {"db.$1.port": 3306, "db.$1.name": "$1_db", "db.$1.rate": 1.5, "mode": "on"}},
            "mode": {"on": {"mode.level": 3, "mode.next": "deep"}},
            "mode.next": {"deep": {"mode.deep": true}},
            "flag": {"true": {"flagged": "yes"}}
        }"#,
        ..Pack::default()
    };
    let mut flat = pack.flat("flag = true\n[db.one]\ntype = \"mysql\"\nname = \"own\"\n");
    flat.sort();
    assert_eq!(
        flat,
        [
            "db.one.name=own",
            "db.one.port=3306",
            "db.one.rate=1.5",
            "db.one.type=mysql",
            "flag=true",
            "flagged=yes",
            "mode.deep=true",
            "mode.level=3",
            "mode.next=deep",
            "mode=on",
        ]
    );
}

#[test]
fn a_dollar_part_stands_for_one_word_and_a_dot_for_anything() {
    let pack = Pack { infer: r#"{"db.$1.type": {"m": {"$1": "seen"}}}"#, ..Pack::default() };
    assert_eq!(pack.flat("[db.we-ird]\ntype = \"m\"\n"), ["db.we-ird.type=m"]);
    assert_eq!(pack.flat("[db.x.y]\ntype = \"m\"\n"), ["db.x.y.type=m"]);
    assert_eq!(pack.flat("[\"dbX\"]\n[db]\nxXtype = \"m\"\n").len(), 2);
}

#[test]
fn defaults_fill_gaps_and_numbers_stay_doubles() {
    let pack = Pack { default: r#"{"port": 8080, "host": "h", "none": null}"#, ..Pack::default() };
    assert_eq!(pack.tree("host = \"own\"\n"), "{host=own, port=8080.0, none=null}");
}

#[test]
fn references_are_followed_but_not_in_tables() {
    let pack = Pack { default: r#"{"d": "$ref{c}:$ref{port}", "port": 9443.0}"#, ..Pack::default() };
    let toml = "a = \"$ref{b}\"\nb = \"<$ref{c}>\"\nc = \"x$1\"\nl = [\"$ref{a}\", \"k\"]\n\
                on = true\nwhole = \"not $ref{on} kept\"\nlist = \"nor $ref{l}\"\n[[t]]\nx = \"$ref{a}\"\n";
    let mut flat = pack.flat(toml);
    flat.sort();
    assert_eq!(
        flat,
        [
            "a=<x$1>",
            "b=<x$1>",
            "c=x$1",
            "d=x$1:9443.0",
            "l=[<x$1>, k]",
            "list=[<x$1>, k]",
            "on=true",
            "port=9443.0",
            "t=[{x=$ref{a}}]",
            "whole=true",
        ]
    );
}

#[test]
fn variables_are_put_in_as_the_mapper_of_that_version_does() {
    let environment = Environment {
        variables: variables(&[("HOME", "C:\\wso2"), ("EMPTY", ""), ("NEXT", "$ref{b}")]),
        properties: variables(&[("carbon.home", "D:\\x")]),
        keep_unresolved: false,
    };
    let toml = "a = \"$env{HOME}$env{EMPTY}|$sys{carbon.home}\"\n[[t]]\nx = \"$env{HOME}\"\n";
    let trees = [
        ("1.0.2", "{t=[{x=$env{HOME}}], a=C:wso2|D:x}"),
        ("1.0.23", "{t=[{x=C:wso2}], a=C:wso2|D:x}"),
        ("1.1.0", "{t=[{x=C:\\wso2}], a=C:\\wso2|D:x}"),
    ];
    for (version, expected) in trees {
        let pack = Pack { version, environment: environment.clone(), ..Pack::default() };
        assert_eq!(pack.tree(toml), expected, "{version}");
    }
    let pack = Pack { version: "1.1.0", environment, ..Pack::default() };
    assert_eq!(pack.tree("a = \"$env{NEXT}\"\nb = 1\n"), "{a=1, b=1}");
}

#[test]
fn unknown_variables_stay_where_that_is_wanted() {
    let environment = Environment { keep_unresolved: true, ..Environment::default() };
    let pack = Pack { environment, ..Pack::default() };
    assert_eq!(pack.tree("a = \"$env{NOPE} $sys{no.pe}\"\n"), "{a=$env{NOPE} $sys{no.pe}}");
}

#[test]
fn secrets_stay_as_placeholders() {
    let pack = Pack::default();
    let toml = "a = \"$secret{x}\"\n[secrets]\nx = \"encrypted==\"\n";
    assert_eq!(pack.flat(toml), ["a=$secret{x}", "secrets.x=encrypted=="]);
    assert!(pack.configure("a = \"$secret{p.q}\"\n[secrets]\n\"p.q\" = \"e\"\n").is_ok());
    assert!(pack.configure("a = \"$secret{any}\"\n[runtime_secrets]\nenable = \"TRUE\"\n").is_ok());
    assert!(pack.configure("[[t]]\na = [\"$secret{deep}\"]\n").is_ok());
}

#[test]
fn durations_come_in_the_unit_that_is_expected() {
    let pack = Pack { unit_resolve: r#"{"time": {"t": "s"}}"#, ..Pack::default() };
    for (written, expected) in [
        ("\"15m\"", "900"),
        ("\"1 h\"", "3600"),
        ("\"-5m\"", "300"),
        ("\"9.9m\"", "540"),
        ("\"in 2 d or so\"", "172800"),
        ("\"99999999999999999999d\"", "9223372036854775807"),
        ("\"0.99999999999999999999m\"", "60"),
        ("\"1500ms\"", "1"),
        ("\"0ms\"", "0"),
        ("\"15\"", "15"),
        ("\"5.\"", "5."),
        ("\"5-m\"", "5-m"),
        ("900", "900"),
        ("9.5", "9.5"),
    ] {
        assert_eq!(pack.flat(&format!("t = {written}\n")), [format!("t={expected}")], "{written}");
    }
}

#[test]
fn a_rule_counts_only_with_regex_and_where_its_condition_holds() {
    let pack = Pack {
        validator: r#"{
            "a": [{"regex": "\\Ax\\Z|\\Ay\\Z"}],
            "b": [{"match_regex": ".+"}, {"regex": ".+", "if": {"a": "y"}}, {"regex": "z", "if": {"c": 1}}],
            "l:f": [{"regex": "f"}]
        }"#,
        ..Pack::default()
    };
    assert!(pack.configure("a = \"x\"\n[[l]]\nf = \"f\"\n").is_ok());
    assert!(pack.configure("a = \"x\"\nb = \"\"\nc = 1\n").is_ok());
}

#[test]
fn table_and_value_of_one_name_give_way_to_what_comes_later() {
    let pack =
        Pack { default: r#"{"a": "value", "b": {"c": 1}, "b.d": 2, "e.'f.g'.h": 3}"#, ..Pack::default() };
    assert_eq!(pack.tree("[a]\nx = 1\n"), "{a={x=1}, b={c=1.0}, e={f.g={h=3.0}}}");
}
