//! What the XML reader gives, where it puts it, and what it refuses.

use proptest::prelude::*;

use super::*;

const FILE: FileId = FileId { owner: 0, index: 0 };

const SAMPLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- before -->
<!DOCTYPE Server [ <!ENTITY host "gw.example.org"> <!ENTITY pair "<b>x</b><!-- no --><b>y</b>"> ]>
<Server xmlns="http://wso2.org/projects/carbon/carbon.xml"
        xmlns:svns="http://org.wso2.securevault/configuration"
        note='a > b'>
    <!-- in
         side -->
    <Name>  WSO2 API Manager
    </Name>
    <Url a = "https://&host;:9443/" svns:secretAlias="Carbon.Pass"  b='x&amp;y	z'>https://&host;/x&lt;</Url>
    <Cdata>
        <![CDATA[ <raw> & value ]]> tail</Cdata>
    <Mixed>one<!-- c -->two<Leaf/>three &#233;</Mixed>
    <Late>
      <!-- c -->
      value<?php x?></Late>
    <Empty/><Empty></Empty>
    <Pair>&pair;</Pair>
    <Umlaut>ä ö</Umlaut>
</Server>
<!-- after -->
"#;

fn read(text: &str) -> Document {
    parse(FILE, text).unwrap_or_else(|error| panic!("{error:?}"))
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap()
}

fn part(text: &str, scalar: &Scalar) -> String {
    let trimmed = scalar.trimmed();
    slice(text, trimmed.part(0..trimmed.text.len())).to_owned()
}

/// The text that an error points at, and the reason.
fn fault(text: &str) -> (String, String) {
    let error = parse(FILE, text).expect_err("this text is not well-formed");
    (slice(text, error.span).to_owned(), error.reason)
}

fn fault_at(text: &str) -> u32 {
    parse(FILE, text).expect_err("this text is not well-formed").span.start
}

/// The span law: what stands under a span is what the value was read from, and spans nest.
fn obey(text: &str, element: &Element, within: Span) {
    assert!(within.contains(&element.span));
    assert!(element.span.contains(&element.start_tag));
    assert!(slice(text, element.start_tag).starts_with('<') && slice(text, element.start_tag).ends_with('>'));
    assert!(slice(text, element.span).ends_with('>'));
    let lead = element.text.text.len() - element.text.text.trim_start().len();
    obey_scalar(text, &element.text, lead);
    for attribute in &element.attributes {
        assert!(element.start_tag.contains(&attribute.value.span));
        obey_scalar(text, &attribute.value, 0);
    }
    for child in &element.children {
        obey(text, child, element.span);
    }
}

fn obey_scalar(text: &str, scalar: &Scalar, lead: usize) {
    let verbatim = scalar.verbatim as usize;
    if verbatim > lead {
        let inner = scalar.inner as usize;
        assert_eq!(
            text.get(inner + lead..inner + verbatim).unwrap(),
            scalar.text.get(lead..verbatim).unwrap()
        );
        assert!(scalar.span.contains(&Span::new(FILE, inner + lead, inner + verbatim)));
    }
}

#[test]
fn elements_attributes_and_texts_have_their_places() {
    let document = read(SAMPLE);
    let root = &document.root;
    assert_eq!(root.name, "Server");
    assert_eq!(root.namespace.as_deref(), Some("http://wso2.org/projects/carbon/carbon.xml"));
    assert!(slice(SAMPLE, root.start_tag).ends_with("note='a > b'>"));
    assert_eq!(root.attributes.len(), 1);

    let name = root.child("Name").unwrap();
    assert_eq!(slice(SAMPLE, name.start_tag), "<Name>");
    assert_eq!(name.text.trimmed().text, "WSO2 API Manager");
    assert_eq!(part(SAMPLE, &name.text), "WSO2 API Manager");

    let url = root.child("Url").unwrap();
    let a = url.attribute("a").unwrap();
    assert_eq!(a.value.text, "https://gw.example.org:9443/");
    assert_eq!(slice(SAMPLE, a.value.span), r#"a = "https://&host;:9443/""#);
    assert_eq!(slice(SAMPLE, a.value.part(0..5)), "https");
    assert_eq!(a.value.part(0..20), a.value.span);
    let alias = url.attribute("secretAlias").unwrap();
    assert_eq!(alias.namespace.as_deref(), Some("http://org.wso2.securevault/configuration"));
    assert_eq!(slice(SAMPLE, alias.value.part(7..11)), "Pass");
    assert_eq!(url.attribute_text("b"), Some("x&y z"));
    assert_eq!(url.text.text, "https://gw.example.org/x<");
    assert_eq!(slice(SAMPLE, url.text.part(0..8)), "https://");
    assert_eq!(url.text.part(0..9), url.span);
}

#[test]
fn cdata_comments_and_mixed_text_are_joined() {
    let root = read(SAMPLE).root;
    let cdata = root.child("Cdata").unwrap();
    assert_eq!(cdata.text.trimmed().text, "<raw> & value  tail");
    assert_eq!(slice(SAMPLE, cdata.text.trimmed().part(0..13)), "<raw> & value");
    assert_eq!(cdata.text.trimmed().part(0..16), cdata.span);
    let mixed = root.child("Mixed").unwrap();
    assert_eq!(mixed.text.text, "onetwothree é");
    assert_eq!(slice(SAMPLE, mixed.text.part(0..3)), "one");
    assert_eq!(mixed.text.part(0..4), mixed.span);
    let late = root.child("Late").unwrap();
    assert_eq!(part(SAMPLE, &late.text), "value");
    assert_eq!(part(SAMPLE, &root.child("Umlaut").unwrap().text), "ä ö");
    assert_eq!(root.text.text, "");
    let blank = read("<a> </a>").root.text;
    assert_eq!((blank.text.as_str(), blank.trimmed().text.as_str()), (" ", ""));
}

#[test]
fn all_comments_are_kept_in_order() {
    let document = read(SAMPLE);
    let texts: Vec<&str> = document.comments.iter().map(|comment| comment.text.trim()).collect();
    assert_eq!(texts, ["before", "in\n         side", "c", "c", "after"]);
    for comment in &document.comments {
        assert_eq!(slice(SAMPLE, comment.span), format!("<!--{}-->", comment.text));
    }
}

#[test]
fn what_an_entity_brings_in_stands_at_its_reference() {
    let root = read(SAMPLE).root;
    let pair = root.child("Pair").unwrap();
    let texts: Vec<&str> = pair.children.iter().map(|child| child.text.text.as_str()).collect();
    assert_eq!(texts, ["x", "y"]);
    assert!(pair.children.iter().all(|child| child.span == pair.start_tag));
}

#[test]
fn spans_nest_and_tell_the_truth() {
    for text in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n"), SAMPLE.replace('\n', "\r")] {
        let whole = Span::new(FILE, 0, text.len());
        obey(&text, &read(&text).root, whole);
    }
}

#[test]
fn line_ends_change_no_place_of_a_value() {
    let text = SAMPLE.replace('\n', "\r\n");
    let root = read(&text).root;
    for name in ["Name", "Late"] {
        let value = root.child(name).unwrap().text.trimmed();
        assert_eq!(part(&text, &value), value.text);
    }
    let cdata = root.child("Cdata").unwrap().text.trimmed();
    assert_eq!(slice(&text, cdata.part(0..13)), "<raw> & value");
}

#[test]
fn an_unclosed_element_is_reported_at_its_start_tag() {
    assert_eq!(fault("<a>\n<b x='1'>\n<c/></a>").0, "<b x='1'>");
    assert_eq!(fault("<a><b></a>").1, "<b> is never closed");
    assert_eq!(fault("<a><u>x<u></a>").0, "<u>");
    assert_eq!(fault_at("<a><u>x<u></a>"), 7);
    assert_eq!(fault("<a>\n <b>text").0, "<b>");
    assert_eq!(fault("<a><b></B></a>"), ("</B>".into(), "</B> closes nothing: <b> is open".into()));
    assert_eq!(fault("<a></a></b>").0, "</b>");
}

#[test]
fn a_comment_that_is_wrong_is_reported_at_its_start() {
    assert_eq!(fault("<a><!-- x <b/></a>"), ("<!--".into(), "this comment is never closed by `-->`".into()));
    let (place, reason) = fault("<a><!-- x -- y --></a>");
    assert_eq!((place.as_str(), reason.as_str()), ("<!--", "this comment holds `--`, which may only end it"));
    let (_, reason) = fault("<a>\n<!-- x <!-- y -->\n --></a>");
    assert_eq!(reason, "this comment holds another one: comments do not nest");
    assert_eq!(fault_at("<a>\n<!-- x <!-- y -->\n --></a>"), 4);
    assert_eq!(fault("<a><!-- x ---></a>").0, "<!--");
}

#[test]
fn plain_ampersands_and_angles_are_reported_where_they_stand() {
    assert_eq!(fault("<a>x & y</a>"), ("&".into(), "a plain `&` is written &amp;".into()));
    assert_eq!(fault_at("<a u='?a=1&b=2'/>"), 10);
    assert_eq!(fault("<a>jdbc:mysql://h/d?a=1&b=2</a>").0, "&");
    assert_eq!(fault("<a>&nbsp;</a>").0, "&nbsp;");
    assert_eq!(fault("<a>&#;</a>").0, "&");
    assert_eq!(
        fault("<a>1 < 2</a>"),
        ("<".into(), "this `<` begins no tag: a plain `<` is written &lt;".into())
    );
    assert_eq!(fault("<a>]]></a>").0, "]]>");
    assert_eq!(fault("<a b='1<2'/>").0, "b");
}

#[test]
fn what_stands_around_the_root_is_reported() {
    let declared = "<?xml version='1.0'?><a/>";
    assert_eq!(
        fault(&format!("hello {declared}")),
        ("hello".into(), "text before the XML declaration".into())
    );
    let (place, reason) = fault(&format!("\n{declared}"));
    assert_eq!(
        (place.as_str(), reason.as_str()),
        ("<?xml version='1.0'?>", "white space before the XML declaration")
    );
    assert_eq!(fault("<a/>\n<b x='1'>"), ("<b x='1'>".into(), "a second root element: XML has one".into()));
    assert_eq!(fault("<a/>\nbye\n"), ("bye".into(), "text behind the root element".into()));
    assert_eq!(fault("").1, "the file is empty");
    assert_eq!(fault("<!-- a -->").1, "no root element");
    assert_eq!(fault("<a/><?xml version='1.0'?>").1, "an XML declaration in the middle of the file");
}

#[test]
fn tags_that_are_wrong_are_reported() {
    assert_eq!(fault("<a><b x='1</b></a>").0, "x");
    assert_eq!(fault("<a b=1/>").1, "the value of this attribute has no quotes");
    assert_eq!(fault("<a b/>").1, "this attribute has no value");
    assert_eq!(fault("<a b='1' b='2'/>"), ("b='2'".into(), "attribute b stands twice in this tag".into()));
    assert_eq!(fault("<a><b </a>").0, "<b");
    assert_eq!(fault("<a p:b='1'/>").1, "namespace prefix p is not declared");
    assert_eq!(fault("<a>\u{1}</a>").1, "control character U+0001, which XML does not allow");
    assert_eq!(fault("<a><![CDATA[x</a>").0, "<![CDATA[");
}

#[test]
fn a_template_is_called_a_template() {
    let reason = "template text (`<%`), not XML: render the file first";
    assert_eq!(fault("<a>\n<b>9443</b><%= @x %></a>"), ("<%".into(), reason.into()));
    assert_eq!(fault("<a port=\"<%= @x %>\"/>"), ("<%".into(), reason.into()));
    assert_eq!(fault("{% if x %}<a/>{% else %}<a></a>{% endif %}").0, "{%");
    assert_eq!(fault("<a><b>{{ x </b> & {{ y }}</a>").0, "{{");
    assert_eq!(fault("<a><b>{{ x }}</b>\n<c></a>").0, "<c>");
    assert_eq!(fault("#if($x)\n<a/>\n#end").0, "#");
    assert!(parse(FILE, "<a b='{{ x }}'>{% raw %}</a>").is_ok());
}

#[test]
fn a_reason_never_quotes_a_value() {
    let texts = [
        "<a><Password>s3cr&et</Password></a>",
        "<a><Password>ab<s3cret</Password></a>",
        "<a><Password>ab<s3cret></Password></a>",
        "<a><Password>ab</s3cret></Password></a>",
        "<a><Password>ab<s3:cret/></Password></a>",
        "<a><Password>&s3cret;</Password></a>",
        "<a password='s3c<ret'/>",
        "<a password=s3cret/>",
        "<a password='x' 's3cret'/>",
        "s3cret <a/>",
    ];
    for text in texts {
        let (_, reason) = fault(text);
        assert!(!reason.contains("s3c") && !reason.contains("cret"), "{text}: {reason}");
    }
}

#[test]
fn external_entities_are_never_opened() {
    let text = "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>";
    assert_eq!(fault(text), ("&e;".into(), "reference to an external entity, which is never opened".into()));
    assert!(parse(FILE, "<!DOCTYPE a SYSTEM 'http://h/a.dtd'><a/>").is_ok());
}

#[test]
fn an_element_in_two_halves_is_refused() {
    assert!(parse(FILE, "<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</b></a>").is_err());
    assert!(parse(FILE, "<!DOCTYPE a [<!ENTITY e '<b/></c>'>]><a><c>&e;</a>").is_err());
    assert!(parse(FILE, "<!DOCTYPE a [<!ENTITY e '<b/></a>'>]><a>&e;").is_err());
}

#[test]
fn entity_bombs_are_refused() {
    let mut laughs = "<!DOCTYPE a [<!ENTITY l0 'lol'>".to_owned();
    for level in 1..10 {
        let inner = format!("&l{};", level - 1).repeat(10);
        laughs += &format!("<!ENTITY l{level} '{inner}'>");
    }
    laughs += "]><a>&l9;</a>";
    assert!(fault(&laughs).1.contains("1 MB"));
    let value = "x".repeat(50_000);
    let quadratic = |count| format!("<!DOCTYPE a [<!ENTITY e '{value}'>]><a>{}</a>", "&e;".repeat(count));
    assert!(fault(&quadratic(21)).1.contains("1 MB"));
    assert_eq!(read(&quadratic(20)).root.text.text.len(), 1_000_000);
    let hidden =
        format!("<!DOCTYPE a [<!ENTITY e '{value}'><!-- <!ENTITY e ''> -->]><a>{}</a>", "&e;".repeat(21));
    assert!(fault(&hidden).1.contains("1 MB"));
    let behind = quadratic(21).replace("</a>", "<!-- <!ENTITY z 'y'> --></a>");
    assert!(fault(&behind).1.contains("1 MB"));
    let strange = quadratic(21).replace("&e;", "&e\u{301};").replace("ENTITY e", "ENTITY e\u{301}");
    assert!(fault(&strange).1.contains("1 MB"));
    assert!(fault("<!DOCTYPE a [<!ENTITY x '&y;'><!ENTITY y '&x;'>]><a>&x;</a>").1.contains("loop"));
}

#[test]
fn attributes_are_bounded_in_the_text_and_in_entities() {
    let tag = |count: usize| {
        let attributes: String = (0..count).map(|index| format!(" a{index}='>='")).collect();
        format!("<a{attributes}/>")
    };
    assert_eq!(read(&tag(1_000)).root.attributes.len(), 1_000);
    assert!(fault(&tag(1_001)).1.contains("1000 attributes"));
    let entity = format!("<!DOCTYPE r [<!ENTITY e \"{}\">]><r>&e;</r>", tag(1_001));
    assert!(fault(&entity).1.contains("1000 attributes"));
    let many = format!("<r>{}</r>", "<a b='1' c='2'/>".repeat(2_000));
    assert_eq!(read(&many).root.children.len(), 2_000);
    let namespaces: String = (0..257).map(|index| format!(" xmlns:n{index}='u{index}'")).collect();
    assert!(fault(&format!("<a{namespaces}/>")).1.contains("namespaces"));
    let each: String = (0..200).map(|index| format!(" xmlns:n{index}='u{index}'")).collect();
    let copied = format!("<r{each}>{}</r>", "<a xmlns='u'/>".repeat(20_000));
    assert!(fault(&copied).1.contains("too many"));
    let searched = format!("<r{each}>{}</r>", "<a/>".repeat(1_100_000));
    assert!(fault(&searched).1.contains("too many"));
    let entity = format!("<!DOCTYPE r [<!ENTITY e '<a xmlns=\"u\"/>'>]><r{each}>&e;</r>");
    assert!(fault(&entity).1.contains("namespaces"));
    let siblings = format!("<r>{}</r>", "<a xmlns='u'><b/></a>".repeat(2_000));
    assert_eq!(read(&siblings).root.children.len(), 2_000);
}

#[test]
fn nesting_is_bounded() {
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    assert!(parse(FILE, &nested(256)).is_ok());
    let error = parse(FILE, &nested(257)).unwrap_err();
    assert_eq!((error.span.start, error.reason.as_str()), (768, "more than 256 levels of nesting: refused"));
    assert!(fault(&nested(1_000_000)).1.contains("256 levels"));
    assert!(fault(&"<a>".repeat(300_000)).1.contains("never closed"));
    assert!(fault(&"<a x='1'>".repeat(300_000)).1.contains("256 levels"));
}

#[test]
fn a_file_cut_off_anywhere_gives_an_error_within_it() {
    let end_of_root = SAMPLE.find("</Server>").unwrap() + "</Server>".len();
    for (end, _) in SAMPLE.char_indices() {
        let text = SAMPLE.get(..end).unwrap();
        match parse(FILE, text) {
            Ok(_) => assert!(end >= end_of_root),
            Err(error) => {
                assert!(error.span.end as usize <= end, "{end}: {error:?}");
                assert!(text.is_char_boundary(error.span.start as usize));
                assert!(text.is_char_boundary(error.span.end as usize));
            }
        }
    }
}

fn fragment() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<",
        ">",
        "/",
        "</",
        "/>",
        "<a>",
        "</a>",
        "<a",
        "b",
        "<b x='1'>",
        "</b>",
        "=",
        "\"",
        "'",
        " ",
        "\r\n",
        "&",
        ";",
        "&amp;",
        "&e;",
        "&#10;",
        "<!--",
        "-->",
        "--",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<?xml version='1.0'?>",
        "<!DOCTYPE a [",
        "<!ENTITY e '<b/>'>",
        "<!ENTITY f \"&e;x\">",
        "]>",
        "é",
        "\u{1}",
        "xmlns:p='u'",
        "p:",
        "{{",
        "{%",
        "<%",
        "\u{a0}",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_and_spans_hold(text in fragment()) {
        match parse(FILE, &text) {
            Ok(document) => obey(&text, &document.root, Span::new(FILE, 0, text.len())),
            Err(error) => {
                let range = error.span.start as usize..error.span.end as usize;
                prop_assert!(text.get(range).is_some());
            }
        }
    }

    #[test]
    fn no_content_makes_the_reader_panic_and_spans_hold(content in fragment()) {
        let text = format!("<!DOCTYPE r [<!ENTITY e '<b> y </b>'>]><r>{content}</r>");
        if let Ok(document) = parse(FILE, &text) {
            obey(&text, &document.root, Span::new(FILE, 0, text.len()));
        }
    }
}
