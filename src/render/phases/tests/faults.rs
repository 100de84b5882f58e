use super::*;

#[test]
fn a_key_that_cannot_be_read_back_is_shown() {
    let (kind, under) = Pack::default().fault("[t]\n\"it's\" = 1\n");
    assert_eq!((kind, under.as_str()), (FaultKind::Key, "\"it's\""));
}

#[test]
fn mappings_that_java_cannot_use_are_the_packs_fault() {
    let toml = "[[a]]\nb = 1\n";
    for key_mappings in [r#"{"a:b:c": "a:x"}"#, r#"{"a:b": "x"}"#, r#"{"a": [1]}"#] {
        let pack = Pack { key_mappings, ..Pack::default() };
        assert_eq!(pack.fault(toml), (FaultKind::Rules, "-".to_owned()), "{key_mappings}");
    }
}

#[test]
fn inference_that_java_cannot_do_is_the_packs_fault() {
    for (infer, toml) in [
        (r#"{"a": {"x": {"a": "x"}}}"#, "a = \"x\"\n"),
        (r#"{"a": {"x": "y"}}"#, "a = \"x\"\n"),
        (r#"{"a": "y"}"#, "a = \"x\"\n"),
        (r#"{"a(": {"x": {}}}"#, "a = \"x\"\n"),
    ] {
        let pack = Pack { infer, ..Pack::default() };
        assert_eq!(pack.fault(toml), (FaultKind::Rules, "-".to_owned()), "{infer}");
    }
}

#[test]
fn a_key_that_fits_a_rule_by_chance_is_shown() {
    let pack = Pack { infer: r#"{"a.$1.b": {"x": {}}}"#, ..Pack::default() };
    assert_eq!(pack.fault("aXaXb = \"x\"\n"), (FaultKind::Key, "\"x\"".to_owned()));
}

#[test]
fn a_reference_to_nothing_is_shown_where_it_is_written() {
    let pack = Pack { default: r#"{"a": "$ref{nope}"}"#, ..Pack::default() };
    let toml = "z = \"see $ref{nope}\"\n";
    assert_eq!(pack.fault(toml), (FaultKind::Reference, "\"see $ref{nope}\"".to_owned()));
    let (_, under, what) = pack.faults("z = 1\n").remove(0);
    let expected = "the default value of a has the reference $ref{nope}, but no key nope exists";
    assert_eq!((under.as_str(), what.as_str()), ("-", expected));
}

#[test]
fn references_in_a_circle_are_all_shown() {
    let toml = "a = \"$ref{b}\"\nb = \"$ref{a}\"\nc = \"$ref{d}\"\nd = \"x\"\n";
    let faults = Pack::default().faults(toml);
    let under: Vec<_> = faults.iter().map(|(kind, under, _)| (*kind, under.as_str())).collect();
    assert_eq!(under, [(FaultKind::Reference, "\"$ref{b}\""), (FaultKind::Reference, "\"$ref{a}\"")]);
}

#[test]
fn undefined_variables_are_shown_at_their_very_place() {
    let toml = "a = [\"x\", \"$env{NOPE}\"]\n[[t]]\nb = \"$env{NOR}\"\n";
    let faults = Pack::default().faults(toml);
    let under: Vec<_> = faults.iter().map(|(kind, under, _)| (*kind, under.as_str())).collect();
    let kind = FaultKind::EnvironmentVariable;
    assert_eq!(under, [(kind, "\"$env{NOR}\""), (kind, "\"$env{NOPE}\"")]);
    assert_eq!(faults[1].2, "a uses the environment variable NOPE, which is not defined");
}

#[test]
fn an_empty_property_counts_as_undefined() {
    let properties = variables(&[("empty", "")]);
    let environment = Environment { properties, ..Environment::default() };
    let pack = Pack { environment, ..Pack::default() };
    assert_eq!(pack.fault("a = \"$sys{empty}\"\n").0, FaultKind::SystemProperty);
}

#[test]
fn a_dollar_in_a_variable_fails_before_1_0_25() {
    let environment = Environment { variables: variables(&[("P", "pa$$word")]), ..Environment::default() };
    let older = Pack { version: "1.0.24", environment: environment.clone(), ..Pack::default() };
    let (kind, _, what) = older.faults("a = \"$env{P}\"\n").remove(0);
    assert_eq!(kind, FaultKind::EnvironmentVariable);
    assert!(!what.contains("pa$$word"), "{what}");
    let newer = Pack { version: "1.0.25", environment, ..Pack::default() };
    assert_eq!(newer.tree("a = \"$env{P}\"\n"), "{a=pa$$word}");
}

#[test]
fn secrets_have_to_be_there_and_encrypted() {
    let pack = Pack::default();
    let faults = pack.faults("[k]\na = \"$secret{x}\"\n[secrets]\nx = \"[plain]\"\n");
    assert_eq!((faults[0].0, faults[0].1.as_str()), (FaultKind::Secret, "\"$secret{x}\""));
    assert!(!faults[0].2.contains("[plain]"), "{faults:?}");
    assert_eq!(pack.fault("[[t]]\na = \"$secret{x}\"\n").1, "\"$secret{x}\"");
    let quoted = "a = \"$secret{p.q}\"\n[secrets]\n\"p.q\" = \"e\"\n";
    assert_eq!(Pack { version: "1.0.20", ..Pack::default() }.fault(quoted).0, FaultKind::Secret);
    let runtime = "a = \"$secret{x}\"\n[runtime_secrets]\nenable = \"true\"\n";
    assert_eq!(Pack { version: "1.0.12", ..Pack::default() }.fault(runtime).0, FaultKind::Secret);
}

#[test]
fn no_secret_is_checked_behind_one_that_passes() {
    let toml = |first: &str, second: &str| {
        format!("a = \"$secret{{{first}}}\"\nb = \"$secret{{{second}}}\"\n[secrets]\nx = \"encrypted\"\n")
    };
    assert!(Pack::default().configure(&toml("x", "nope")).is_ok());
    assert!(Pack::default().configure(&toml("nope", "x")).is_err());
}

#[test]
fn secrets_are_texts_in_a_table() {
    for (toml, shown) in [
        ("[secrets]\nx = 5\n", "5"),
        ("secrets = 5\n", "secrets"),
        ("[runtime_secrets]\nenable = true\n", "true"),
    ] {
        assert_eq!(Pack::default().fault(toml), (FaultKind::Type, shown.to_owned()), "{toml}");
    }
}

#[test]
fn what_is_no_duration_is_refused() {
    let pack = Pack { unit_resolve: r#"{"time": {"t": "s"}}"#, ..Pack::default() };
    for written in
        ["\"15min\"", "\"1h30m\"", "\"abc\"", "\"\"", "true", "[\"5m\"]", "\"500ms\"", "1979-05-27"]
    {
        assert_eq!(pack.fault(&format!("t = {written}\n")), (FaultKind::Unit, written.to_owned()));
    }
    let pack = Pack { unit_resolve: r#"{"time": {"t": "w"}}"#, ..Pack::default() };
    assert_eq!(pack.fault("t = \"5m\"\n").0, FaultKind::Rules);
}

#[test]
fn a_value_with_a_rule_has_to_be_text() {
    let pack = Pack { validator: r#"{"a": [{"match_regex": ".+"}], "l:f": [{}]}"#, ..Pack::default() };
    assert_eq!(pack.fault("a = 5\n"), (FaultKind::Type, "5".to_owned()));
    assert_eq!(pack.fault("[[l]]\nf = true\n"), (FaultKind::Type, "true".to_owned()));
}

#[test]
fn a_failed_rule_is_told_in_its_own_words() {
    let pack = Pack {
        validator: r#"{"a": [{"regex": ".+", "error_message": "An a is required"}], "l:f": [{"regex": "f"}]}"#,
        ..Pack::default()
    };
    let toml = "[[l]]\nf = \"g\"\n";
    assert_eq!(
        pack.faults(toml),
        [
            (
                FaultKind::Validation,
                "-".to_owned(),
                "a is missing and fails the validation of a: the rule says \"An a is required\"".to_owned()
            ),
            (
                FaultKind::Validation,
                "\"g\"".to_owned(),
                "l[0].f fails the validation of l:f: the rule expects it to match f".to_owned()
            ),
        ]
    );
}

#[test]
fn a_quote_without_partner_cannot_be_taken_apart() {
    let pack = Pack { default: r#"{"a.'b": 1}"#, ..Pack::default() };
    assert_eq!(pack.fault(""), (FaultKind::Key, "-".to_owned()));
}

#[test]
fn broken_json_is_shown_with_line_and_column() {
    let texts = RuleTexts {
        default: "{\n  \"a\": 1,\n}",
        infer: NOTHING,
        key_mappings: "{\"a\" \"b\"}",
        unit_resolve: NOTHING,
        validator: NOTHING,
    };
    let faults = Rules::parse(&texts).unwrap_err();
    let places: Vec<_> = faults.iter().map(|fault| (fault.file, fault.line, fault.column)).collect();
    assert_eq!(places, [("default.json", 3, 1), ("key-mappings.json", 1, 6)]);
}
