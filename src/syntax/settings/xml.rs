//! XML trees as settings, and settings as XML trees.

use super::{Kind, Labels, Setting, Settings, covers, cut, predicate};
use crate::source::{FileId, Span};
use crate::syntax::Scalar;
use crate::syntax::xml::{Attribute, Document, Element};

/// The parser refuses deeper trees.
const MAX_DEPTH: usize = 256;

/// What tells an element from its siblings of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The value of this attribute.
    Attribute(&'static str),
    /// Both attributes together.
    Attributes(&'static str, &'static str),
    /// The text of this child.
    Child(&'static str),
}

/// Elements whose `name` or `id` would not say what they are, with what does; nothing for those that occur
/// once.
fn known_key(element: &str) -> Option<&'static [Key]> {
    Some(match element {
        "Service" | "Engine" | "Host" => &[],
        "Connector" => &[Key::Attribute("port")],
        "mount" => &[Key::Attribute("path")],
        "remoteInstance" => &[Key::Child("id"), Key::Attribute("url")],
        "datasource" => &[Key::Child("name")],
        "Environment" => &[Key::Child("Name"), Key::Attribute("name")],
        "messageBuilder" | "messageFormatter" => &[Key::Attribute("contentType")],
        "phaseOrder" => &[Key::Attribute("type")],
        "property" | "Property" => {
            &[Key::Attribute("name"), Key::Attribute("Name"), Key::Attribute("key"), Key::Attribute("id")]
        }
        "Mapping" => &[Key::Child("Class"), Key::Attribute("name")],
        "Processor" => &[Key::Child("Item"), Key::Attribute("name")],
        "WhiteListedURI" | "ETagSkipURI" => &[Key::Child("URI")],
        "module" => &[Key::Attribute("ref"), Key::Attribute("name")],
        "Listener" | "Valve" => &[Key::Attribute("className")],
        "Resource" => {
            &[Key::Attributes("context", "http-method"), Key::Attribute("context"), Key::Attribute("name")]
        }
        "TokenValidator" => &[Key::Attribute("type")],
        "SupportedGrantType" => &[Key::Child("GrantTypeName")],
        "SupportedResponseType" => &[Key::Child("ResponseTypeName")],
        "handler" | "Handler" => &[Key::Attribute("name"), Key::Attribute("class")],
        "listener" => &[Key::Attribute("name"), Key::Attribute("class"), Key::Child("listener-class")],
        "Dialect" => &[Key::Attribute("dialectURI")],
        "Claim" => &[Key::Child("ClaimURI")],
        "servlet" | "servlet-mapping" => &[Key::Child("servlet-name"), Key::Attribute("name")],
        "filter" | "filter-mapping" => &[Key::Child("filter-name"), Key::Attribute("name")],
        "init-param" | "context-param" => &[Key::Child("param-name"), Key::Attribute("name")],
        "mime-mapping" => &[Key::Child("extension")],
        "error-page" => &[Key::Child("error-code"), Key::Child("exception-type")],
        "user" => &[Key::Attribute("username"), Key::Attribute("name")],
        "role" => &[Key::Attribute("rolename"), Key::Attribute("name")],
        "ObjectProvider" => &[Key::Attribute("qualifiedName")],
        "exclusion" => &[Key::Attribute("pathRegEx")],
        "rate" => &[Key::Attributes("from", "to")],
        "copyField" => &[Key::Attributes("source", "dest")],
        _ => return None,
    })
}

/// Asked on every other element.
const ALWAYS: [Key; 2] = [Key::Attribute("name"), Key::Attribute("id")];

/// Asked where siblings share the name.
const AMONG_SIBLINGS: [Key; 14] = [
    Key::Attribute("key"),
    Key::Attribute("port"),
    Key::Attribute("path"),
    Key::Attribute("url"),
    Key::Attribute("uri"),
    Key::Attribute("class"),
    Key::Attribute("className"),
    Key::Attribute("type"),
    Key::Attribute("ref"),
    Key::Attribute("context"),
    Key::Child("name"),
    Key::Child("Name"),
    Key::Child("id"),
    Key::Child("Id"),
];

impl Key {
    fn predicate(&self, element: &Element) -> Option<String> {
        let attribute = |name: &str| predicate(&format!("@{name}"), element.attribute_text(name)?);
        match self {
            Self::Attribute(name) => attribute(name),
            Self::Attributes(first, second) => Some(attribute(first)? + &attribute(second)?),
            Self::Child(name) => {
                predicate(name, element.child(name).filter(|child| leaf(child))?.text.text.trim())
            }
        }
    }

    fn names_attribute(&self, attribute: &str) -> bool {
        match self {
            Self::Attribute(name) => attribute == *name,
            Self::Attributes(first, second) => attribute == *first || attribute == *second,
            Self::Child(_) => false,
        }
    }
}

fn leaf(element: &Element) -> bool {
    element.children.is_empty() && element.attributes.is_empty()
}

/// What may tell an element of this name from its siblings, in the order in which it is asked; `repeated` where there
/// are several of the name.
pub fn keys_of(element: &str, repeated: bool) -> impl Iterator<Item = &'static Key> {
    let (first, then): (&[Key], &[Key]) = match known_key(element) {
        Some(keys) => (keys, &[]),
        None => (&ALWAYS, if repeated { &AMONG_SIBLINGS } else { &[] }),
    };
    first.iter().chain(then)
}

/// The key of an element with its predicate.
fn key(element: &Element, repeated: bool) -> Option<(&'static Key, String)> {
    keys_of(&element.name, repeated).find_map(|key| Some((key, key.predicate(element)?)))
}

/// The step of each child and what of the child the step already says.
fn steps(element: &Element) -> Vec<(String, Option<&'static Key>)> {
    let mut labels = Labels::default();
    let mut counts = std::collections::BTreeMap::new();
    for child in &element.children {
        *counts.entry(child.name.as_str()).or_insert(0) += 1;
    }
    let step = |child: &Element| {
        let repeated = counts.get(child.name.as_str()).is_some_and(|count| *count > 1);
        let (key, predicate) = match key(child, repeated) {
            Some((key, predicate)) => (Some(key), predicate),
            None => (None, String::new()),
        };
        (labels.number(format!("{}{predicate}", child.name)), key)
    };
    element.children.iter().map(step).collect()
}

impl Settings for Document {
    fn settings(&self) -> Vec<Setting> {
        let mut settings = Vec::new();
        flatten(&self.root, &format!("/{}", self.root.name), None, 0, &mut settings);
        settings
    }

    fn path_at(&self, offset: u32) -> String {
        let mut element = &self.root;
        if !covers(element.span, offset) {
            return String::new();
        }
        let mut path = format!("/{}", element.name);
        while let Some((child, (step, _))) =
            element.children.iter().zip(steps(element)).find(|(child, _)| covers(child.span, offset))
        {
            path.push('/');
            path.push_str(&step);
            element = child;
        }
        if let Some(attribute) =
            element.attributes.iter().find(|attribute| covers(attribute.value.span, offset))
        {
            path.push_str("/@");
            path.push_str(&attribute.name);
        }
        path
    }
}

fn flatten(element: &Element, path: &str, key: Option<&Key>, depth: usize, settings: &mut Vec<Setting>) {
    let before = settings.len();
    let text = element.text.text.trim();
    let setting = |path: String, value: &str, span: Span| Setting {
        path,
        value: value.to_owned(),
        kind: Kind::Text,
        span,
    };
    if !text.is_empty() {
        settings.push(setting(path.to_owned(), text, element.span));
    }
    for attribute in &element.attributes {
        if !key.is_some_and(|key| key.names_attribute(&attribute.name)) {
            let path = format!("{path}/@{}", attribute.name);
            settings.push(setting(path, &attribute.value.text, attribute.value.span));
        }
    }
    let mut named = matches!(key, Some(Key::Child(_)));
    if depth < MAX_DEPTH {
        for (child, (step, child_key)) in element.children.iter().zip(steps(element)) {
            if named && matches!(key, Some(Key::Child(name)) if child.name == *name) {
                named = false;
            } else {
                flatten(child, &format!("{path}/{step}"), child_key, depth + 1, settings);
            }
        }
    }
    if settings.len() == before {
        settings.push(setting(path.to_owned(), "", element.span));
    }
}

/// The settings of each document, those left out that lie in subtrees which all documents have alike at the same place:
/// the cost of comparing many nodes follows what differs. Documents must be given in the order wanted back.
pub fn apart(documents: &[&Document]) -> Vec<Vec<Setting>> {
    let mut found = vec![Vec::new(); documents.len()];
    let roots: Vec<&Element> = documents.iter().map(|document| &document.root).collect();
    let paths: Vec<String> = roots.iter().map(|root| format!("/{}", root.name)).collect();
    let same_root = paths.windows(2).all(|pair| pair.first() == pair.last());
    if same_root {
        flatten_apart(&roots, paths.first().map_or("", String::as_str), None, 0, &mut found);
    } else {
        for ((root, path), settings) in roots.iter().zip(&paths).zip(&mut found) {
            flatten(root, path, None, 0, settings);
        }
    }
    found
}

/// `elements` all have this path; one for each list of settings.
fn flatten_apart(
    elements: &[&Element],
    path: &str,
    key: Option<&Key>,
    depth: usize,
    settings: &mut [Vec<Setting>],
) {
    let Some((first, rest)) = elements.split_first() else { return };
    if rest.iter().all(|other| alike(first, other)) {
        return;
    }
    let own_steps = steps(first);
    let fits = |other: &Element| {
        alike_itself(first, other)
            && first.children.len() == other.children.len()
            && steps(other).iter().zip(&own_steps).all(|((left, _), (right, _))| left == right)
    };
    let aligned = depth < MAX_DEPTH
        && !matches!(key, Some(Key::Child(_)))
        && !first.children.is_empty()
        && rest.iter().all(|other| fits(other));
    if !aligned {
        for (element, settings) in elements.iter().zip(settings) {
            flatten(element, path, key, depth, settings);
        }
        return;
    }
    for (index, (step, key)) in own_steps.iter().enumerate() {
        let children: Vec<&Element> =
            elements.iter().filter_map(|element| element.children.get(index)).collect();
        flatten_apart(&children, &format!("{path}/{step}"), *key, depth + 1, settings);
    }
}

/// True for elements that set the same, places aside.
fn alike(left: &Element, right: &Element) -> bool {
    alike_itself(left, right)
        && left.children.len() == right.children.len()
        && left.children.iter().zip(&right.children).all(|(left, right)| alike(left, right))
}

/// True for elements of one name with the same text and attributes, whatever is in them.
fn alike_itself(left: &Element, right: &Element) -> bool {
    let mut attributes = left.attributes.iter().zip(&right.attributes);
    left.name == right.name
        && left.attributes.len() == right.attributes.len()
        && left.text.text.trim() == right.text.text.trim()
        && attributes.all(|(left, right)| left.name == right.name && left.value.text == right.value.text)
}

/// Builds the tree that has these settings, in this order. Every place in it is the empty span at the start
/// of `file`. The error is one clause and names the path that cannot be read.
pub fn build<'a>(
    file: FileId,
    settings: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Document, String> {
    let nowhere = Span::new(file, 0, 0);
    let mut root: Option<Node> = None;
    for (path, value) in settings {
        let wrong = || format!("\"{path}\" is not a path");
        let steps = split(path).ok_or_else(wrong)?;
        let (first, rest) = steps.split_first().ok_or_else(wrong)?;
        let mut node = match &mut root {
            Some(root) if root.step == *first => root,
            Some(root) => return Err(format!("\"{path}\" lies outside /{}", root.step)),
            None => root.insert(Node::new(first, nowhere).ok_or_else(wrong)?),
        };
        let mut rest = rest.iter();
        let attribute = loop {
            match rest.next() {
                Some(step) => match step.strip_prefix('@') {
                    Some(name) => break Some(name),
                    None => node = node.child(step, nowhere).ok_or_else(wrong)?,
                },
                None => break None,
            }
        };
        match attribute {
            Some(name) if name.is_empty() || rest.next().is_some() => return Err(wrong()),
            Some(name) => node.element.attributes.push(attribute_of(name, value, nowhere)),
            None => node.element.text = Scalar::plain(value, nowhere, 0),
        }
    }
    let root = root.ok_or_else(|| "there is no setting".to_owned())?.finish();
    Ok(Document { root, comments: Vec::new(), loose: Vec::new() })
}

/// An element under construction; `children` of `element` are filled in last.
struct Node<'a> {
    step: &'a str,
    element: Element,
    children: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    fn new(step: &'a str, nowhere: Span) -> Option<Self> {
        let (name, mut predicates) = step.split_at(step.find('[').unwrap_or(step.len()));
        if name.is_empty() {
            return None;
        }
        let mut node = Self::plain(step, name, nowhere);
        while !predicates.is_empty() {
            let (predicate, rest) = cut(predicates)?;
            predicates = rest;
            match predicate.split_once('=') {
                Some((key, value)) => {
                    let mut letters = value.chars();
                    let quote = letters.next()?;
                    let value = letters.as_str().strip_suffix(quote)?;
                    match key.strip_prefix('@') {
                        Some(key) => node.element.attributes.push(attribute_of(key, value, nowhere)),
                        None => {
                            let mut child = Self::plain(key, key, nowhere);
                            child.element.text = Scalar::plain(value, nowhere, 0);
                            node.children.push(child);
                        }
                    }
                }
                None => {
                    predicate.parse::<usize>().ok()?;
                }
            }
        }
        Some(node)
    }

    fn plain(step: &'a str, name: &str, nowhere: Span) -> Self {
        let element = Element {
            name: name.to_owned(),
            namespace: None,
            span: nowhere,
            start_tag: nowhere,
            attributes: Vec::new(),
            children: Vec::new(),
            text: Scalar::plain("", nowhere, 0),
        };
        Self { step, element, children: Vec::new() }
    }

    fn child(&mut self, step: &'a str, nowhere: Span) -> Option<&mut Self> {
        // Settings of one element mostly follow each other, so the search starts at the end.
        match self.children.iter().rposition(|child| child.step == step) {
            Some(index) => self.children.get_mut(index),
            None => {
                self.children.push(Self::new(step, nowhere)?);
                self.children.last_mut()
            }
        }
    }

    fn finish(self) -> Element {
        let children = self.children.into_iter().map(Self::finish).collect();
        Element { children, ..self.element }
    }
}

fn attribute_of(name: &str, value: &str, nowhere: Span) -> Attribute {
    Attribute { name: name.to_owned(), namespace: None, value: Scalar::plain(value, nowhere, 0) }
}

/// The steps of a path; slashes in predicates do not count.
fn split(path: &str) -> Option<Vec<&str>> {
    let mut rest = path.strip_prefix('/')?;
    let mut steps = Vec::new();
    while steps.len() < MAX_DEPTH {
        let mut end = rest.find(['/', '[']).unwrap_or(rest.len());
        while rest.get(end..)?.starts_with('[') {
            let (_, behind) = cut(rest.get(end..)?)?;
            end = rest.len() - behind.len();
        }
        steps.push(rest.get(..end)?);
        match rest.get(end..)?.strip_prefix('/') {
            Some(behind) => rest = behind,
            None => return (end == rest.len()).then_some(steps),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::xml::parse;

    const FILE: FileId = FileId { owner: 0, index: 0 };

    fn paths(text: &str) -> Vec<(String, String)> {
        let document = parse(FILE, text).unwrap();
        document.settings().into_iter().map(|setting| (setting.path, setting.value)).collect()
    }

    fn pairs<'a>(text: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
        text.iter().map(|(path, value)| ((*path).to_owned(), (*value).to_owned())).collect()
    }

    fn assert_survives(text: &str) {
        let settings = parse(FILE, text).unwrap().settings();
        let built =
            build(FILE, settings.iter().map(|setting| (setting.path.as_str(), setting.value.as_str())));
        let again = built.unwrap().settings();
        let pair = |setting: &Setting| (setting.path.clone(), setting.value.clone());
        assert_eq!(again.iter().map(pair).collect::<Vec<_>>(), settings.iter().map(pair).collect::<Vec<_>>());
    }

    #[test]
    fn of_several_documents_only_what_differs_is_flattened() {
        let apart = |texts: &[&str]| {
            let documents: Vec<Document> = texts.iter().map(|text| parse(FILE, text).unwrap()).collect();
            let found = apart(&documents.iter().collect::<Vec<_>>());
            let path = |setting: &Setting| format!("{}={}", setting.path, setting.value);
            found.iter().map(|list| list.iter().map(path).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(
            apart(&["<a><b>1</b><c x='1'><d>2</d></c></a>", "<a>\n<b>1</b>\n<c x='1'><d>3</d></c></a>"]),
            ["/a/c/d=2", "/a/c/d=3"]
        );
        assert_eq!(apart(&["<a><b>1</b></a>", "<a> <b>1</b><!-- x --></a>"]), ["", ""]);
        // Where elements do not pair up, all of them are told.
        assert_eq!(apart(&["<a><b>1</b></a>", "<a><c>2</c><b>1</b></a>"]), ["/a/b=1", "/a/c=2 /a/b=1"]);
        assert_eq!(apart(&["<a x='1'/>", "<b x='1'/>"]), ["/a/@x=1", "/b/@x=1"]);
    }

    #[test]
    fn elements_are_named_by_attribute_or_child() {
        let server = r#"<Server port="8005"><Service name="Catalina">
            <Connector port="9443" proxyPort="443"/><Connector port="9763"/></Service></Server>"#;
        assert_eq!(
            paths(server),
            pairs(&[
                ("/Server/@port", "8005"),
                ("/Server/Service/@name", "Catalina"),
                ("/Server/Service/Connector[@port='9443']/@proxyPort", "443"),
                ("/Server/Service/Connector[@port='9763']", ""),
            ])
        );
        let sources = r#"<d:config xmlns:d="urn:d"><d:datasource><name>WSO2AM_DB</name>
            <url> jdbc:h2:x </url></d:datasource></d:config>"#;
        assert_eq!(paths(sources), pairs(&[("/config/datasource[name='WSO2AM_DB']/url", "jdbc:h2:x")]));
    }

    #[test]
    fn claims_and_parts_of_web_applications_are_named_by_a_child() {
        let claims = "<ClaimConfig><Dialect dialectURI='http://wso2.org/claims'><Claim><ClaimURI>urn:a</ClaimURI>\
            <AttributeID>a</AttributeID></Claim></Dialect></ClaimConfig>";
        let claim =
            "/ClaimConfig/Dialect[@dialectURI='http://wso2.org/claims']/Claim[ClaimURI='urn:a']/AttributeID";
        assert_eq!(paths(claims), pairs(&[(claim, "a")]));
        let web = "<web-app><filter><filter-name>f</filter-name><filter-class>F</filter-class></filter>\
            <listener><listener-class>L</listener-class></listener>\
            <servlet><servlet-name>s</servlet-name><init-param><param-name>p</param-name><param-value>1</param-value>\
            </init-param></servlet><mime-mapping><extension>abs</extension><mime-type>a/b</mime-type></mime-mapping>\
            <error-page><error-code>404</error-code><location>/e</location></error-page></web-app>";
        assert_eq!(
            paths(web),
            pairs(&[
                ("/web-app/filter[filter-name='f']/filter-class", "F"),
                ("/web-app/listener[listener-class='L']", ""),
                ("/web-app/servlet[servlet-name='s']/init-param[param-name='p']/param-value", "1"),
                ("/web-app/mime-mapping[extension='abs']/mime-type", "a/b"),
                ("/web-app/error-page[error-code='404']/location", "/e"),
            ])
        );
        assert_survives(web);
    }

    #[test]
    fn positions_count_only_what_has_no_name_or_the_same() {
        let text = r#"<a><member><port>1</port></member><member><port>2</port></member>
            <mount path="/x" overwrite="true"/><mount path="/x" overwrite="no"/>
            <q name="it's"/><q name="a]/b"/></a>"#;
        assert_eq!(
            paths(text),
            pairs(&[
                ("/a/member/port", "1"),
                ("/a/member[2]/port", "2"),
                ("/a/mount[@path='/x']/@overwrite", "true"),
                ("/a/mount[@path='/x'][2]/@overwrite", "no"),
                ("/a/q[@name=\"it's\"]", ""),
                ("/a/q[@name='a]/b']", ""),
            ])
        );
        assert_survives(text);
    }

    #[test]
    fn a_sibling_more_leaves_the_paths_of_named_elements_alone() {
        let one = paths("<a><p name='x'>1</p></a>");
        let two = paths("<a><p name='x'>1</p><p name='y'>2</p></a>");
        assert_eq!(two.first(), one.first());
    }

    #[test]
    fn what_is_built_has_the_same_settings() {
        assert_survives("<a/>");
        assert_survives("<a>x</a>");
        assert_survives("<a b='1'>x<c/><c d='2'/><c>y &amp; z</c>  tail</a>");
        assert_survives(
            "<r><remoteInstance url='https://h'><id>i</id><dbConfig>d</dbConfig></remoteInstance>
             <Environments><Environment type='hybrid'><Name>Production and Sandbox</Name><URL>u</URL>
             </Environment></Environments></r>",
        );
    }

    #[test]
    fn the_innermost_place_is_named() {
        let text = "<a><p name='x' on='1'>v</p><m><port>1</port></m><m><port>2</port></m></a>";
        let document = parse(FILE, text).unwrap();
        let at = |needle: &str| document.path_at(u32::try_from(text.find(needle).unwrap()).unwrap());
        assert_eq!(at("<a"), "/a");
        assert_eq!(at("on="), "/a/p[@name='x']/@on");
        assert_eq!(at("name="), "/a/p[@name='x']/@name");
        assert_eq!(at(">v<"), "/a/p[@name='x']");
        assert_eq!(at("2</port>"), "/a/m[2]/port");
        assert_eq!(document.path_at(9_999), "");
    }

    #[test]
    fn every_setting_is_found_at_its_place() {
        let text = "<a b='1'><c d='2'><e/></c><c d='3'>x</c></a>";
        let document = parse(FILE, text).unwrap();
        for setting in document.settings() {
            assert_eq!(document.path_at(setting.span.start), setting.path);
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for path in ["", "a", "/", "/a//b", "/a[", "/a['x]", "/a[x]", "/a[@b=']", "/a/@b/c", "/a/@", "/a[b=]"]
        {
            assert!(build(FILE, [(path, "")]).is_err(), "{path}");
        }
        assert!(build(FILE, [("/a/b", ""), ("/c", "")]).is_err());
        assert!(build(FILE, []).is_err());
    }
}
