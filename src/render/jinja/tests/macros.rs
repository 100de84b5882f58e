//! Macros.

use super::{DIALECTS, DIES, all, check, configuration, has, newest, render};
use crate::render::jinja::{FaultKind, Source, parse};
use crate::render::value::{Map, Value};

#[test]
fn a_macro_writes_where_it_is_called() {
    check(&[
        all(
            "{% macro m(key) %}\n<{{ server[key] }}>\n{% endmacro %}\n{{ m('url') }}|{{ m('no') }}",
            "<https://h:9443/?a=1&b=<2>>\n|<>\n",
        ),
        all(" {% macro m() %}  x  \n  {% endmacro %}  \n {{ m() }}|", "  \n   x  \n|"),
        all("{% macro m() %}one{% endmacro %}{% macro m() %}two{% endmacro %}{{ m() }}", "two"),
        all("{% macro m() %}a{% endmacro %}{% macro n() %}{{ m() }}b{% endmacro %}{{ n() }}", "ab"),
        all(
            "{% macro m(a) %}{{ a }}{% endmacro %}{{ m('x')|upper }}{% if m('') %}yes{% else %}no{% endif %}",
            "Xno",
        ),
        all("{% macro m(a) %}{{ a }}{% endmacro %}{% set s = m('k') %}{{ s }}", "k"),
        all("{% macro range(a) %}mine{% endmacro %}{{ range(3) }}", "mine"),
        all("{% macro m() %}[{{ m() }}]{% endmacro %}{{ m() }}", "[]"),
    ]);
}

#[test]
fn a_macro_is_called_with_arguments() {
    check(&[
        all(
            "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=5, a=4) }} {{ m() }}",
            "1-2 1-3 4-5 -2",
        ),
        all(
            "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, z=4) }}",
            "1[2, 3]{z=4}",
        ),
        all("{% macro m(a=[1, 2], b='q') %}{{ a }}{{ b }}{% endmacro %}{{ m() }}", "[1, 2]q"),
        all(
            "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(name) }}{{ m(a=port) }}{{ m(1, a=2) }}",
            "gateway94432",
        ),
        all("{% macro m(a,) %}<{{ a }}{% endmacro %}{{ m(nothing) }}{{ m('{{ name }}') }}", "<<gateway"),
    ]);
}

#[test]
fn a_macro_has_variables_of_its_own() {
    check(&[
        all(
            "{% set x = 'o' %}{% macro m(a) %}{{ x }}{% set x = 'i' %}{{ x }}{% endmacro %}{{ m() }}{{ x }}",
            "oio",
        ),
        all("{% for e in hosts %}{% macro m() %}{{ e }}{% endmacro %}{{ m() }}{% endfor %}", "h1h2h3"),
    ]);
}

#[test]
fn a_function_that_is_no_macro_yet_keeps_the_server_from_starting() {
    check(&[
        all("{{ m() }}{% macro m() %}late{% endmacro %}", DIES),
        all("{% for e in hosts %}{% macro m() %}{{ e }}{% endmacro %}{% endfor %}{{ m() }}", DIES),
        all("{% macro m %}x{% endmacro %}{{ 1 }}", DIES),
        all("{% macro m() %}{% endmacro %}{{ true or no() }}", DIES),
    ]);
}

#[test]
fn a_value_may_call_a_macro_of_the_template() {
    let value = Value::Text("{{ m('again') }}".to_owned());
    let context: Map = [("value".to_owned(), value)].into_iter().collect();
    for dialect in DIALECTS {
        let rendered = parse("{% macro m(a) %}{{ a }}{% endmacro %}{{ value }}", dialect).render(&context);
        assert_eq!((rendered.text.as_str(), rendered.is_sound()), ("again", true));
    }
}

#[test]
fn what_a_macro_reads_is_read_where_it_is_called() {
    let rendered = newest(
        "{% macro m(key) %}{% if server[key] is defined %}{{ server[key] }}{% endif %}{% endmacro %}a{{ m('url') }}",
    );
    let Some(Source::Output { reads }) = rendered.pieces.last().map(|piece| &piece.source) else { panic!() };
    assert_eq!(reads.iter().map(ToString::to_string).collect::<Vec<_>>(), ["server.url"]);
}

#[test]
fn a_macro_that_this_renderer_does_not_know_is_said() {
    for dialect in DIALECTS {
        let rendered = render("{% macro m.n(a) %}{% endmacro %}", dialect);
        assert!(has(&rendered, FaultKind::Unsupported) && !has(&rendered, FaultKind::Fatal));
    }
}

#[test]
fn hostile_macros_come_to_an_end() {
    let chain = |count: usize| -> String {
        let call = |at: usize| format!("{{% macro m{}() %}}{{{{ m{at}() }}}}{{% endmacro %}}", at + 1);
        let calls: String = (0..count).map(call).collect();
        format!("{{% macro m0() %}}x{{% endmacro %}}{calls}{{{{ m{count}() }}}}")
    };
    let twice = |at: usize| format!("{{% macro m{}() %}}{{{{ m{at}() ~ m{at}() }}}}{{% endmacro %}}", at + 1);
    let doubled: String = (0..40).map(twice).collect();
    let deep = format!("{{% macro m(a) %}}{{{{ {}a{} }}}}{{% endmacro %}}", "-(".repeat(50), ")".repeat(50));
    for template in [
        chain(400),
        format!("{{% macro m0() %}}x{{% endmacro %}}{doubled}{{{{ m40() }}}}"),
        deep.clone() + &deep.replace("m(a)", "n(a)").replace('a', "m(a)") + "{{ n(1) }}",
    ] {
        let rendered = newest(&template);
        assert!(rendered.text.len() < 1 << 20);
    }
    assert!(has(&newest(&chain(400)), FaultKind::Unsupported));
    assert_eq!(parse(&chain(3), DIALECTS[0]).render(&configuration()).text, "x");
}
