//! Templates and what Java made of them: each expected text was written by the Jinjava of a pack.

mod macros;

use super::{Dialect, FaultKind, FrameKind, Piece, Rendered, Source, lines_of_file, parse};
use crate::render::value::{Map, Value};

const DIALECTS: [Dialect; 3] = [Dialect::V2_4_14, Dialect::V2_6_0, Dialect::V2_7_2];

/// Instead of a text: the server does not start.
const DIES: &str = "\0";

/// A template, and what it gives with each Jinjava.
struct Case {
    template: &'static str,
    expected: [&'static str; 3],
}

fn all(template: &'static str, expected: &'static str) -> Case {
    Case { template, expected: [expected; 3] }
}

fn since_2_6(template: &'static str, before: &'static str, since: &'static str) -> Case {
    Case { template, expected: [before, since, since] }
}

fn each(template: &'static str, expected: [&'static str; 3]) -> Case {
    Case { template, expected }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Map {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn pair(letter: &str, number: i64) -> Value {
    Value::List(vec![text(letter), Value::Integer(number)])
}

fn environment(name: &str, default: bool) -> Value {
    Value::Map(map([("name", text(name)), ("default", Value::Bool(default))]))
}

fn configuration() -> Map {
    let props = map([("a.b", text("dotted")), ("c", Value::Integer(7))]);
    let server = map([("url", text("https://h:9443/?a=1&b=<2>")), ("props", Value::Map(props))]);
    map([
        ("on", Value::Bool(true)),
        ("off", Value::Bool(false)),
        ("port", Value::Integer(9443)),
        ("big", Value::Integer(12_345_678_901)),
        ("ratio", Value::Double(1.5)),
        ("whole", Value::Double(100.0)),
        ("half", Value::Double(0.5)),
        ("name", text("gateway")),
        ("empty", text("")),
        ("no", text("false")),
        ("digits", text("42")),
        ("hosts", Value::List(vec![text("h1"), text("h2"), text("h3")])),
        ("none", Value::Null),
        ("server", Value::Map(server)),
        ("envs", Value::List(vec![environment("prod", true), environment("test", false)])),
        ("member", text("10.0.0.1:4000")),
        ("nested", text("[{{ name }}]")),
        ("itself", text("{{ itself }}")),
        ("around", text("({{ around }})")),
        ("cond", text("{% if on %}yes{% endif %}")),
        ("cut", text("{{ name")),
        ("bogus", text("{% bogus %}")),
        ("bad_set", text("x{% set %}")),
        ("env", text("${sys:carbon.home}")),
        ("pairs", Value::List(vec![pair("a", 1), pair("b", 2)])),
    ])
}

fn render(template: &str, dialect: Dialect) -> Rendered {
    parse(template, dialect).render(&configuration())
}

fn newest(template: &str) -> Rendered {
    render(template, Dialect::V2_7_2)
}

fn has(rendered: &Rendered, kind: FaultKind) -> bool {
    rendered.faults.iter().any(|fault| fault.kind == kind)
}

fn check(cases: &[Case]) {
    for case in cases {
        for (dialect, expected) in DIALECTS.into_iter().zip(case.expected) {
            let rendered = render(case.template, dialect);
            let given = if has(&rendered, FaultKind::Fatal) { DIES } else { &rendered.text };
            let unknown = has(&rendered, FaultKind::Unsupported);
            assert_eq!(
                (given, unknown),
                (expected, false),
                "{} {dialect:?} {:?}",
                case.template,
                rendered.faults
            );
        }
    }
}

#[test]
fn blanks_around_tags() {
    check(&[
        all("a\n  {% if on %}  \n  b\n  {% endif %}\nc", "a\n  \n  b\nc"),
        all("a {% if on %} b {% endif %} c", "a b c"),
        all("a {%- if on -%} b {%- endif -%} c", "abc"),
        all("{% for h in hosts -%}\n  {{- h -}}\n{% endfor %}", "h1\nh2\nh3\n"),
        each("{% if off %}1{% else -%} 2 {% endif %}", [" 2", " 2", "2"]),
        all("a {# note #} b {%- if on %}c{% endif %}", "a  bc"),
        each("a {%- endif %} b {%- if on %}c{% endif %}", ["a bc", "a bc", "abc"]),
        since_2_6("{% if on -%} {# note #} x{% endif %}", " x", "x"),
    ]);
}

#[test]
fn conditions() {
    check(&[
        all("{% if off %}1{% elif port %}2{% elif on %}3{% else %}4{% endif %}", "2"),
        all("{% if off %}1{% else %}2{% else %}3{% endif %}", "2"),
        all("{% unless on %}1{% else %}2{% endunless %}", "2"),
        all("{% if on and port == 9443 or missing.key %}1{% endif %}", "1"),
        all(r#"{% if on && name == "gateway" || off %}1{% endif %}"#, "1"),
        all("{% if not missing %}1{% endif %}{% if !on %}2{% endif %}", "1"),
        all("{% if no %}1{% else %}2{% endif %}", "2"),
        each("{% if half %}1{% else %}2{% endif %}", ["2", "2", "1"]),
        each("{% if 4294967296 %}1{% else %}2{% endif %}", ["2", "2", "1"]),
        all("{% IF on %}1{% ENDIF %}", "1"),
    ]);
}

#[test]
fn tests() {
    check(&[
        all("{{ name is defined }} {{ missing is defined }} {{ none is not defined }}", "true false true"),
        all(
            r#"{{ on is sameas true }} {{ name is sameas "gateway" }} {{ missing is sameas other }}"#,
            "true false true",
        ),
        all("{{ on is sameas true and off }}", "false"),
        all("{{ on is sameas true == false }}", "false"),
        all(
            "{{ hosts is sequence }} {{ name is sequence }} {{ server is mapping }} {{ name is string }} {{ port is not string }}",
            "true false true true true",
        ),
        all("{{ port is odd }} {{ port is divisibleby 7 }} {{ port is number }}", "true true true"),
        since_2_6("{{ port is gt 80 }}|{{ port is == 9443 }}", DIES, "true|true"),
        all("{{ name is bogus }}|{{ name is not bogus }}", "|"),
    ]);
}

#[test]
fn comparisons() {
    check(&[
        all(
            r#"{{ port == 9443 }} {{ port == "9443" }} {{ port == 9443.0 }} {{ digits == 42 }}"#,
            "true true true true",
        ),
        all("{{ name == 1 }}", DIES),
        all(
            r#"{{ on == "TRUE" }} {{ on == "yes" }} {{ off == "" }} {{ off == missing }}"#,
            "true true true false",
        ),
        all(r#"{{ 2 < 10 }} {{ "2" < "10" }} {{ "2" < 10 }}"#, "true false true"),
        all("{{ 1 < 2 < 3 }}", DIES),
        all("{{ missing < 1 }} {{ missing <= missing }}", "false true"),
        since_2_6(
            r#"{{ "h1" in hosts }} {{ "ate" in name }} {{ "url" in server }} {{ missing in name }} {{ 1 in hosts }}"#,
            "true true false true false",
            "true true true true false",
        ),
        since_2_6(r#"{{ "h9" not in hosts }}"#, DIES, "true"),
        all("{{ hosts == hosts }} {{ [1] == [1] }} {{ [1] == [1.0] }}", "true true false"),
    ]);
}

#[test]
fn arithmetic() {
    check(&[
        all(
            "{{ 7 / 2 }} {{ 6 / 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 3 }}",
            "3.5 2.0 3 3 1 8",
        ),
        all("{{ port + 1 }} {{ ratio * 2 }} {{ whole }} {{ big + big }}", "9444 3.0 100.0 24691357802"),
        all("{{ 1 +1 }}", DIES),
        all("{{ 1+port }}", "9444"),
        all("{{ name + 1 }} {{ name + missing }} {{ name ~ 1 ~ missing }}", "gateway1 gatewaynull gateway1"),
        all(r#"{{ digits * 2 }} {{ "1e2" * 1 }} {{ missing + missing }}"#, "84 100.0 0"),
        all("{{ 1 / 0 }} {{ 1.0 % 0 }}", "Infinity NaN"),
        all("{{ 1 % 0 }}", DIES),
        all("{{ 9223372036854775807 + 1 }}", "-9223372036854775808"),
        all("{{ 0.0001 }} {{ 1e7 }} {{ 1234567.0 }} {{ 100.25 }}", "1.0E-4 1.0E7 1234567.0 100.25"),
    ]);
}

#[test]
fn names_and_members() {
    check(&[
        all(
            r#"{{ server.props["a.b"] }} {{ server["props"].c }} {{ server.missing.key }}|{{ name.missing }}"#,
            "dotted 7 |",
        ),
        all(r#"{{ hosts[0] }} {{ hosts[-1] }} {{ hosts[9] }}|{{ hosts["1"] }}"#, "h1 h3 |h2"),
        since_2_6("{{ hosts[1:] }} {{ hosts[:1] }}", DIES, "[h2, h3] [h1]"),
        all("{{ hosts[0:2] }} {{ name[0:4] }} {{ name[:2] }}", "[h1, h2] gate ga"),
        since_2_6("{{ hosts[-2:3] }}", "[h1, h2, h3]", "[h2, h3]"),
        all(
            "{{ envs[1].name }} {{ envs }} {{ server.props }}",
            "test [{name=prod, default=true}, {name=test, default=false}] {a.b=dotted, c=7}",
        ),
        all("{{ port.x }}|{{ on.x }}", "|"),
        all("{{ hosts.0 }}", DIES),
        since_2_6("{{ True }}|{{ None }}|{{ null }}", "||", "true||"),
    ]);
}

#[test]
fn choices() {
    check(&[
        all(r#"{{ "a" if on }}|{{ "a" if off }}|{{ "a" if off else "b" }}|{{ on ? 1 : 2 }}"#, "a||b|1"),
        all("{{ 1 if on else range(2) }}", DIES),
        all(r#"{{ name or "x" }} {{ missing or "x" }} {{ name and "x" }}"#, "gateway x true"),
    ]);
}

#[test]
fn loops() {
    check(&[
        all(
            "{% for h in hosts %}{{ loop.index }}{{ loop.first }}{{ loop.last }}{{ loop.revindex }}{{ h }} {% endfor %}",
            "1truefalse3h12falsefalse2h23falsetrue1h3",
        ),
        all("{% for k, v in server.props.items() %}{{ k }}={{ v }};{% endfor %}", "a.b=dotted;c=7;"),
        all("{% for e in server.props.items() %}{{ e.key }}{{ e }};{% endfor %}", "a.ba.b=dotted;cc=7;"),
        all("{% for v in server.props %}{{ v }};{% endfor %}", "dotted;7;"),
        all("{% for x in name %}{{ x }}{% endfor %}|{% for x in missing %}{{ x }}{% endfor %}", "gateway|"),
        since_2_6("{% for x, y in pairs %}{{ x }}{{ y }};{% endfor %}", ";;", "a1;b2;"),
        all("{% for x in hosts %}a{% else %}b{% endfor %}", "ababab"),
        since_2_6(r#"{% for x in hosts + ["h4"] %}{{ x }} {% endfor %}"#, DIES, "h1h2h3h4"),
        all(
            "{% for x in hosts + envs %}{{ x }} {% endfor %}",
            "h1h2h3{name=prod, default=true}{name=test, default=false}",
        ),
        since_2_6(r#"{% for x in "a" if on else hosts %}{{ x }}{% endfor %}"#, DIES, "a"),
        since_2_6("{% for x in hosts if on %}{{ x }}{% endfor %}", "", "h1h2h3"),
        all("{% for x in range(1, 7, 2) %}{{ x }}{% endfor %}", "135"),
        all("{% for x in name == 1 %}[{{ x }}]{% endfor %}", DIES),
        all("{% for x %}{% endfor %}", DIES),
        all("{% set l = [1] %}{% for x in l %}{% do l.append(2) %}{{ x }}{% endfor %}", DIES),
    ]);
}

#[test]
fn variables() {
    check(&[
        all("{% set x = 1 %}{% for h in hosts %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}", "2221"),
        all("{% set x = 1 %}{% if on %}{% set x = 2 %}{% endif %}{{ x }}", "2"),
        all("{% set x, y = 1, 2 %}{{ x }}{{ y }}", "12"),
        since_2_6("{% set x = 1, 2 %}{{ x }}", DIES, "1"),
        since_2_6("{% set x %}<{{ name }}>{% endset %}{{ x }}", DIES, "<gateway>"),
        since_2_6("{% set x | upper %}{{ name }}{% endset %}{{ x }}", DIES, "GATEWAY"),
        all(
            "{% set n = [] %}{% for h in hosts %}{% if n.append(h) %}{% endif %}{% endfor %}{{ n|length + 1 }}",
            "4",
        ),
        all("{% set x = name == 1 %}[{{ x }}]", DIES),
        all("{% set name = missing %}[{{ name }}]", "[]"),
        all("{% set x %}", DIES),
        each("{% do %}a{% enddo %}b", [DIES, DIES, "b"]),
    ]);
}

#[test]
fn filters() {
    check(&[
        all(
            r#"{{ hosts|join(",") }} {{ hosts|join }} {{ envs|join(",", attribute="name") }} {{ port|join(",") }}"#,
            "h1,h2,h3 h1h2h3 prod,test 9443",
        ),
        all(
            r#"{{ missing|default("d") }} {{ empty|default("d") }}|{{ empty|default("d", true) }} {{ missing|default(1.50) }} {{ missing|default(true) }}"#,
            DIES,
        ),
        each("{{ missing|default(none) }}", ["", "null", ""]),
        since_2_6("{{ missing|default(hosts)|length }}", "12", "3"),
        all(
            "{{ hosts|length }} {{ name|length }} {{ server|length }} {{ missing|length }} {{ port|count }}",
            "3 7 2 0 0",
        ),
        all(
            r#"{{ name|upper|replace("G", "g") }} {{ " a "|trim }}|{{ missing|trim }} {{ name|capitalize }}"#,
            "gATEWAY a|null Gateway",
        ),
        since_2_6(
            r#"{{ "hELLO wORLD"|capitalize }} {{ "hELLO wORLD"|title }}"#,
            "HELLO wORLD HELLO WORLD",
            "Hello world Hello World",
        ),
        all(
            "{{ hosts|first }} {{ hosts|last }} {{ hosts|reverse|join }} {{ [3,1,2]|sort }} {{ [1,2,1]|unique|join }}",
            "h1 h3 h3h2h1 [1, 2, 3] 12",
        ),
        all(
            r#"{{ envs|selectattr("default")|map("name")|join }} {{ envs|map(attribute="name")|list }} {{ hosts|map("upper")|join }}"#,
            "prod [prod, test] H1H2H3",
        ),
        all(
            r#"{{ "3"|int + 1 }} {{ "x"|int(5) }} {{ "1,5"|int }} {{ 2.7|int }} {{ "2.5"|float }} {{ "yes"|bool }} {{ -3|abs }}"#,
            "4 5 15 2 2.5 true 3",
        ),
        all(
            "{{ server.url|escape }} {{ server.url|urlencode }}",
            "https://h:9443/?a=1&amp;b=&lt;2&gt; https%3A%2F%2Fh%3A9443%2F%3Fa%3D1%26b%3D%3C2%3E",
        ),
        all("{{ name|bogus }}|{{ name|bogus|upper }}", "|"),
        all("{{ hosts|length > 2 and on }}", "true"),
        all("{{ not hosts|length }}", "false"),
        all("{{ name|upper.length() }}", DIES),
    ]);
}

#[test]
fn what_is_sorted() {
    check(&[
        all("{{ missing|sort }}|{{ [3]|sort(false, false, 'x') }}", "|[3]"),
        all("{{ [3, 1]|sort(false, false, 'x') }}", DIES),
        all("{% for k, v in server.props|dictsort %}{{ k }}={{ v }};{% endfor %}", "a.b=dotted;c=7;"),
        all("{{ {'b': 2, 'A': 3}|dictsort(true) }} {{ hosts|dictsort }}", "[A=3, b=2] [h1, h2, h3]"),
        each(
            "{{ {'b': 2, 'A': 3}|dictsort(false, 'value') }} {{ {'b': 2, 'A': 3}|dictsort(false, 'key') }}",
            ["[A=3, b=2] [b=2, A=3]", "[A=3, b=2] [b=2, A=3]", "[b=2, A=3] [A=3, b=2]"],
        ),
    ]);
}

#[test]
fn lists_of_parts_and_json() {
    check(&[
        all(
            "{{ 'a, b,,c '|split(',', 2) }} {{ 'a,,b'|split(',', 1) }} {{ ',a,b'|split(',', 9) }}",
            "[a, b,,c] [a,,b] [a, b]",
        ),
        all(
            r#"{{ hosts|tojson }} {{ {"a": [1, none, true], "b": 2}|tojson }}"#,
            r#"["h1","h2","h3"] {"a":[1,null,true],"b":2}"#,
        ),
        all(r#"{{ 'a"\\é\n'|tojson }} {{ missing|tojson }} {{ whole|tojson }}"#, r#""a\"\\é\n" null 100.0"#),
        all(r#"{{ "a&b<c>'d'"|forceescape }}"#, "a&amp;b&lt;c&gt;'d'"),
    ]);
}

#[test]
fn namespaces_are_changed_from_within_loops() {
    let since = |template, expected| each(template, [DIES, expected, expected]);
    check(&[
        since(
            "{% set ns = namespace(n=0) %}{% for h in hosts %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}",
            "3",
        ),
        since(
            "{% set ns = namespace() %}{% for h in hosts %}{% set ns.last = h %}{% endfor %}{{ ns.last }}",
            "h3",
        ),
        since("{% set ns = namespace(a=1) %}{% set ns.a %}x{{ name }}{% endset %}{{ ns.a }}", "xgateway"),
        since("{% set ns = namespace(a=missing, b=1) %}{{ ns }}", "{b=1}"),
        all("{% set ns = {'a': 1} %}{% set ns.a = 2 %}{{ ns.a }}", "1"),
    ]);
    let rendered = newest(
        "{% set ns = namespace() %}{% for h in hosts %}{% set ns.all = ns.all ~ h %}{% endfor %}{{ ns.all }}",
    );
    let [Piece { source: Source::Output { reads }, .. }] = rendered.pieces.as_slice() else {
        panic!("one piece")
    };
    assert_eq!(
        reads.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["hosts[0]", "hosts[1]", "hosts[2]"]
    );
}

#[test]
fn java_methods() {
    check(&[
        all(
            r#"{{ member.split(":")[0] }}-{{ member.split(":")[1] }}-{{ member.split(":")[2] }}"#,
            "10.0.0.1-4000-",
        ),
        all("{{ \"a,b,,\".split(\",\")|length }} {{ \"a.b\".split(\"\\\\.\")|join }}", "2 ab"),
        all(
            r#"{{ hosts.toList()|join }} {{ hosts.toList() }} {{ hosts.size() }} {{ hosts.contains("h1") }}"#,
            "h1h2h3 [h1, h2, h3] 3 true",
        ),
        all("{{ name.toList() }}", DIES),
        all("{{ hosts.items() }}", DIES),
        all("{{ missing.items() }}|{{ missing.toList() }}", "|"),
        all(r#"{{ hosts.toList().append("x") }}"#, DIES),
        each("{{ server.props.keys() }}", [DIES, DIES, "[a.b, c]"]),
        all(
            r#"{{ server.props.get("c") }} {{ server.props.containsKey("c") }} {{ server.props.size() }}"#,
            "7 true 2",
        ),
        all(
            r#"{{ name.startsWith("g") }} {{ name.substring(1, 3) }} {{ name.toUpperCase() }} {{ name.length() }}"#,
            "true at GATEWAY 7",
        ),
        since_2_6("{% set l = [1,2] %}{{ l.pop() }}{{ l }}", DIES, "2[1]"),
        all("{{ name.getClass() }}", DIES),
    ]);
}

#[test]
fn values_rendered_again() {
    check(&[
        all("{{ nested }} {% print nested %} {{ nested|upper }}", "[gateway][{{ name }}] []"),
        all("{{ itself }} {{ around }}", "{{ itself }} ({{ around }})"),
        all(
            "{% for h in hosts %}{{ around }}{% endfor %}",
            "(({{ around }}))(({{ around }}))(({{ around }}))",
        ),
        all("{{ cond }}", "yes"),
        all("{{ cut }}", "{{ name"),
        all("{{ bogus }}", DIES),
        since_2_6("{{ bad_set }}{{ bad_set }}", "x{% set %}{{ bad_set }}", DIES),
        all("{{ env }} ${name} #{name}", "${sys:carbon.home} ${name} #{name}"),
        all(r#"{{ "{{" ~ "name" ~ "}}" }}"#, "gateway"),
        all(r#"{{ "{{ name }}" }}"#, "gateway"),
    ]);
}

#[test]
fn raw_text_and_comments() {
    check(&[
        all("{% raw %}{{ name }}{% if %}{% endraw %}!", "{{ name }}{% if %}!"),
        all("{# {{ name }} {% if %} #}!", "!"),
        all("a {# never", "a "),
        all("{{ name", "{{ name"),
        all("{% if on", "{% if on"),
        all("{{ name }", "{{ name }"),
        all("} %} }} #} {", "} %} }} #} {"),
        all("{%}x", DIES),
        all("{{ \"%}\" }}{{ '}}' }}{{ \"it's \\\"q\\\"\\n\" }}", "%}}}it's \"q\"\n"),
        all("{{ \"bad\\q\" }}", DIES),
    ]);
}

#[test]
fn tags_that_do_not_fit() {
    check(&[
        all("a{% endif %}b", "ab"),
        all("{% for h in hosts %}{{ h }}{% endif %}b{% endfor %}", DIES),
        all("{% if on %}a", DIES),
        all("{% bogus %}a", DIES),
        all("{% else %}a", "a"),
        all("{% if %}a{% endif %}", DIES),
        all("{% if off %}{% if %}{% endif %}{% endif %}a", "a"),
        all("{{ a b }}", DIES),
        all("{% if off %}{{ a b }}{% endif %}x", "x"),
        all("{{ bogus(1) }}", DIES),
        all("{{ on or bogus(1) }}", DIES),
        all("{{ name = 1 }}", DIES),
        all("{{ }}{{-}}", ""),
    ]);
}
#[test]
fn pieces_cover_the_text_and_name_the_keys_that_were_read() {
    let template =
        "<{{ name }}>{% for e in envs %}{% if e.default %}{{ e.name }}:{{ port + 1 }}{% endif %}{% endfor %}";
    let rendered = newest(template);
    assert_eq!(rendered.text, "<gateway>prod:9444");
    let pieces: Vec<String> = rendered
        .pieces
        .iter()
        .map(|piece| {
            let reads = match &piece.source {
                Source::Literal => String::new(),
                Source::Output { reads } => reads.iter().map(|key| format!(" {key}")).collect(),
            };
            let given = rendered.text.get(piece.range.clone()).unwrap_or_default();
            format!("{given} {}{reads}", piece.template.of(template))
        })
        .collect();
    assert_eq!(
        pieces,
        [
            "< <",
            "gateway {{ name }} name",
            "> >",
            "prod {{ e.name }} envs[0].name",
            ": :",
            "9444 {{ port + 1 }} port",
        ]
    );
}

#[test]
fn frames_name_the_keys_that_decided() {
    let rendered = newest(
        "{% for e in envs %}{% if e.default and on %}{{ e.name }}{% endif %}{% endfor %}{% if off %}{% endif %}",
    );
    let frames: Vec<String> = rendered
        .frames
        .iter()
        .map(|frame| match &frame.kind {
            FrameKind::Branch { taken, reads } => {
                format!("if {taken:?}{}", reads.iter().map(|key| format!(" {key}")).collect::<String>())
            }
            FrameKind::Loop { turns, reads } => {
                format!("for {turns}{}", reads.iter().map(|key| format!(" {key}")).collect::<String>())
            }
            FrameKind::Turn { index } => format!("turn {index}"),
        })
        .collect();
    assert_eq!(
        frames,
        [
            "for 2 envs",
            "turn 0",
            "if Some(0) envs[0].default on",
            "turn 1",
            "if None envs[1].default",
            "if None off"
        ]
    );
    let piece = rendered.piece_at(0).unwrap();
    let around: Vec<_> =
        rendered.frames_from(piece.frame).map(|frame| std::mem::discriminant(&frame.kind)).collect();
    let inner_to_outer = [2, 1, 0].map(|at: usize| std::mem::discriminant(&rendered.frames[at].kind));
    assert_eq!(around, inner_to_outer);
}

#[test]
fn variables_lead_back_to_what_they_were_set_to() {
    let reads = |template: &str| {
        let rendered = newest(template);
        let outputs = rendered.pieces.iter().filter_map(|piece| match &piece.source {
            Source::Output { reads } => {
                Some(reads.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
            }
            Source::Literal => None,
        });
        outputs.collect::<Vec<_>>()
    };
    assert_eq!(reads("{% set x = server.props %}{{ x['a.b'] }}"), ["server.props.'a.b'"]);
    assert_eq!(reads("{% set x = port + digits|int %}{{ x + 1 }}"), ["port digits"]);
    assert_eq!(reads("{% set x %}{{ name }}{% if on %}!{% endif %}{% endset %}{{ x }}"), ["name on"]);
    assert_eq!(
        reads("{% for k, v in server.props.items() %}{{ v }}{% endfor %}"),
        ["server.props.'a.b'", "server.props.c"]
    );
    assert_eq!(
        reads("{{ member.split(':')[1] }}{{ missing.key|default(name) }}"),
        ["member", "missing.key name"]
    );
    assert_eq!(reads("{{ nested }}"), ["nested name"]);
    assert_eq!(reads("{{ hosts|join(',') }}{{ hosts[port - 9442] }}"), ["hosts", "port hosts[1]"]);
}

#[test]
fn faults_say_where_and_what() {
    let template = "a\n{% if name == 1 %}b{% endif %}{{ server.props.c.d }}{{ name | bogus }}";
    let rendered = newest(template);
    let faults: Vec<_> = rendered
        .faults
        .iter()
        .map(|fault| (fault.extent.of(template), fault.kind, fault.reason.as_str()))
        .collect();
    assert_eq!(
        faults,
        [
            ("{% if name == 1 %}", FaultKind::Fatal, "a string that is no whole number is used as one"),
            ("{{ server.props.c.d }}", FaultKind::Ignored, "a whole number has no `d`"),
            ("{{ name | bogus }}", FaultKind::Ignored, "there is no filter `bogus`"),
        ]
    );
}

#[test]
fn what_this_renderer_does_not_know_is_said() {
    for template in
        ["{% include 'self.j2' %}", "{% extends 'self.j2' %}", "{{ name|md5 }}", "{{ hosts.append(1) }}"]
    {
        for dialect in DIALECTS {
            let rendered = render(template, dialect);
            assert!(has(&rendered, FaultKind::Unsupported), "{template}");
            assert!(!has(&rendered, FaultKind::Fatal), "{template}");
            assert_eq!(rendered.faults.len(), 1, "{template}");
        }
    }
    assert!(newest("{% if off %}{% include 'self.j2' %}{% endif %}a").is_sound());
}

#[test]
fn hostile_templates_come_to_an_end() {
    let nested =
        |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(400), close.repeat(400));
    let doubled = |start: &str, step: &str| format!("{start}{}", step.repeat(60));
    for template in [
        nested("{% if on %}", "x", "{% endif %}"),
        nested("{% for h in hosts %}", "x", "{% endfor %}"),
        format!("{{{{ {} }}}}", nested("(", "1", ")")),
        format!("{{{{ {}on }}}}", "not ".repeat(400)),
        format!("{{{{ {}1 }}}}", "1 + ".repeat(400)),
        format!("{{{{ name{} }}}}", ".x".repeat(400)),
        format!("{{{{ name{} }}}}", "|upper".repeat(400)),
        format!("{{{{ {}1 }}}}", "on is sameas ".repeat(400)),
        doubled("{% set x = 'ab' %}", "{% set x = x ~ x %}"),
        doubled("{% set x = [1] %}", "{% set x = x + x %}"),
        doubled("{% set x = [1] %}", "{% set x = [x, x] %}") + "{{ x }}",
        "{% set x = [1] %}{% do x.append(x) %}{{ x }}".to_owned(),
        format!("{}x{}", "{% for i in range(1000) %}".repeat(3), "{% endfor %}".repeat(3)),
    ] {
        let rendered = newest(&template);
        assert!(has(&rendered, FaultKind::Unsupported), "{}", template.get(..60).unwrap_or(&template));
    }
}

#[test]
fn values_that_hold_each_other_come_to_an_end() {
    let context = |value: &dyn Fn(usize) -> String| -> Map {
        (0..20).map(|at| (format!("v{at}"), text(&value((at + 1) % 20)))).collect()
    };
    let often = |next| format!("{{{{ v{next} }}}}").repeat(9);
    let deep = |next| format!("{}{{{{ v{next} }}}}{}", "{% if v0 %}".repeat(90), "{% endif %}".repeat(90));
    for context in [context(&often), context(&deep)] {
        let rendered = parse("{{ v0 }}", Dialect::V2_7_2).render(&context);
        assert!(has(&rendered, FaultKind::Unsupported));
    }
}

#[test]
fn a_template_cut_off_anywhere_is_read_and_rendered() {
    let template = "{%- for k, v in server.props.items() -%}{# ü #} {{ k|upper ~ 'é\\n'[0:1] }}{% raw %}{{ %}{% endraw %}\
                    {% set x, y = (1, [2]), {'a': -3} %}{% if x[0] is not sameas 1 or 'a' in y %}ß{% else %}{% endif %}{% endfor %}";
    for (at, _) in template.char_indices() {
        let (head, tail) = template.split_at(at);
        for dialect in DIALECTS {
            for part in [head, tail] {
                let rendered = render(part, dialect);
                let covered: usize = rendered.pieces.iter().map(|piece| piece.range.len()).sum();
                assert_eq!(covered, rendered.text.len());
            }
        }
    }
}

#[test]
fn every_line_of_a_file_ends_in_a_line_feed() {
    assert_eq!(lines_of_file("a\r\nb\rc"), "a\nb\nc\n");
    assert_eq!(lines_of_file("a\n"), "a\n");
    assert_eq!(lines_of_file(""), "");
}
