//! XML templates: markup that runs across control structures.

use super::super::formula::Formula;
use super::super::tree::{Branch, Element, Named, Node};
use super::input::{Input, Item};
use super::{MAX_CONTINUATIONS, Unbalanced, branches};

/// The deepest nesting of elements and branches.
const MAX_DEPTH: usize = 256;

/// The nodes of a whole document.
pub fn document(mut input: Input) -> Result<Vec<Node>, Unbalanced> {
    let mut nodes = Reader::default().fragment(&mut input)?;
    drop_layout(&mut nodes);
    Ok(nodes)
}

#[derive(Default)]
struct Reader {
    depth: usize,
    continuations: usize,
    /// Conditions that are known inside the branch that is read, and which way they went.
    known: Vec<(Formula, bool)>,
}

/// How the content of an element, or of a branch, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// At the end of the input.
    Input,
    /// Behind the closing tag of the element.
    Element,
}

/// How a start tag ended.
enum Tag {
    /// `>`
    Open,
    /// `/>`
    Empty,
    /// At an `if` with branches that end the tag.
    Split(Item),
}

impl Reader {
    /// Content that closes all that it opens.
    fn fragment(&mut self, input: &mut Input) -> Result<Vec<Node>, Unbalanced> {
        match self.content(input, None)? {
            (nodes, Ended::Input) => Ok(nodes),
            (_, Ended::Element) => Err(Unbalanced::Branch),
        }
    }

    /// Content up to the end of the input or, where one of this name is open, of the element.
    fn content(
        &mut self,
        input: &mut Input,
        open: Option<&[Node]>,
    ) -> Result<(Vec<Node>, Ended), Unbalanced> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Unbalanced::TooMany);
        }
        let content = self.content_at_depth(input, open);
        self.depth -= 1;
        content
    }

    fn content_at_depth(
        &mut self,
        input: &mut Input,
        open: Option<&[Node]>,
    ) -> Result<(Vec<Node>, Ended), Unbalanced> {
        let mut nodes = Vec::new();
        while !input.is_empty() {
            if input.at("<!--") {
                input.skip(4);
                if let Some(item) = skip_past(input, "-->")? {
                    let (mut rest, ended) = self.continued(&item, input, |reader, branch| {
                        *branch = branch.preceded_by(&[Item::Text("<!--".into())]);
                        reader.content(branch, open)
                    })?;
                    nodes.append(&mut rest);
                    return Ok((nodes, ended));
                }
            } else if input.at("<![CDATA[") {
                nodes.append(&mut self.section(input)?);
            } else if input.at("<?") {
                skip_past(input, "?>")?.map_or(Ok(()), |_| Err(Unbalanced::Branch))?;
            } else if input.at("<!") {
                skip_past(input, ">")?.map_or(Ok(()), |_| Err(Unbalanced::Branch))?;
            } else if input.at("</") {
                input.skip(2);
                let name = self.name(input, |character| character.is_whitespace() || character == '>')?;
                if open != Some(name.as_slice()) {
                    return Err(Unbalanced::Branch);
                }
                skip_past(input, ">")?.map_or(Ok(()), |_| Err(Unbalanced::Branch))?;
                return Ok((nodes, Ended::Element));
            } else if input.at("<") {
                input.skip(1);
                nodes.append(&mut self.element(input)?);
            } else if !input.text().is_empty() {
                let text = input.take_until(|character| character == '<');
                nodes.push(Node::Literal(text));
            } else if let Some(item) = input.take_item() {
                if let Some(items) = self.decided(&item) {
                    *input = input.preceded_by(&items);
                    continue;
                }
                match self.balanced(&item, |reader, branch| reader.fragment(branch)) {
                    Ok(balanced) => nodes.push(balanced),
                    Err(Unbalanced::Branch) => {
                        let (mut rest, ended) =
                            self.continued(&item, input, |reader, branch| reader.content(branch, open))?;
                        nodes.append(&mut rest);
                        return Ok((nodes, ended));
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        if open.is_some() { Err(Unbalanced::Branch) } else { Ok((nodes, Ended::Input)) }
    }

    /// CDATA, its marks kept: what stands between them is not read as markup.
    fn section(&mut self, input: &mut Input) -> Result<Vec<Node>, Unbalanced> {
        input.skip("<![CDATA[".len());
        let mut nodes = vec![Node::Literal("<![CDATA[".to_owned())];
        nodes.append(&mut self.value(input, "]]>", false)?);
        nodes.push(Node::Literal("]]>".to_owned()));
        Ok(nodes)
    }

    /// An element whose `<` has been read.
    fn element(&mut self, input: &mut Input) -> Result<Vec<Node>, Unbalanced> {
        let name = self.name(input, |character| character.is_whitespace() || "/>".contains(character))?;
        self.rest_of_element(name, Vec::new(), input)
    }

    fn rest_of_element(
        &mut self,
        name: Vec<Node>,
        mut attributes: Vec<Node>,
        input: &mut Input,
    ) -> Result<Vec<Node>, Unbalanced> {
        let children = match self.tag(input, &mut attributes, false)? {
            Tag::Empty => Vec::new(),
            Tag::Open => self.content(input, Some(&name))?.0,
            Tag::Split(item) => {
                let (nodes, _) = self.continued(&item, input, |reader, branch| {
                    let nodes = reader.rest_of_element(name.clone(), attributes.clone(), branch)?;
                    Ok((nodes, Ended::Element))
                })?;
                return Ok(nodes);
            }
        };
        Ok(vec![Node::Element(Element { name, attributes, children })])
    }

    /// Attributes up to the end of the start tag, or, in a branch, to the end of the input.
    fn tag(
        &mut self,
        input: &mut Input,
        attributes: &mut Vec<Node>,
        in_branch: bool,
    ) -> Result<Tag, Unbalanced> {
        loop {
            input.take_until(|character| !character.is_whitespace());
            if input.is_empty() {
                return if in_branch { Ok(Tag::Open) } else { Err(Unbalanced::Branch) };
            }
            let end = [(">", Tag::Open), ("/>", Tag::Empty)].into_iter().find(|(end, _)| input.at(end));
            if let Some((text, tag)) = end {
                if in_branch {
                    return Err(Unbalanced::Branch);
                }
                input.skip(text.len());
                return Ok(tag);
            }
            let item = if input.at_hole() { None } else { input.take_item() };
            let Some(item) = item else {
                let attribute = self.attribute(input)?;
                attributes.push(attribute);
                continue;
            };
            if let Some(items) = self.decided(&item) {
                *input = input.preceded_by(&items);
                continue;
            }
            match self.balanced(&item, |reader, branch| {
                let mut inner = Vec::new();
                reader.tag(branch, &mut inner, true).map(|_| inner)
            }) {
                Ok(node) => attributes.push(node),
                Err(Unbalanced::Branch) if !in_branch => return Ok(Tag::Split(item)),
                Err(other) => return Err(other),
            }
        }
    }

    fn attribute(&mut self, input: &mut Input) -> Result<Node, Unbalanced> {
        let name = self.name(input, |character| character.is_whitespace() || "=/>".contains(character))?;
        input.take_until(|character| !character.is_whitespace());
        if !input.at("=") {
            return Err(Unbalanced::Branch);
        }
        input.skip(1);
        input.take_until(|character| !character.is_whitespace());
        let quote = if input.at("'") { "'" } else { "\"" };
        if !input.at(quote) {
            return Err(Unbalanced::Branch);
        }
        input.skip(1);
        let value = self.value(input, quote, false)?;
        Ok(Node::Attribute(Named { name, value }))
    }

    /// A name of literal text and holes.
    fn name(&mut self, input: &mut Input, end: fn(char) -> bool) -> Result<Vec<Node>, Unbalanced> {
        let mut name = Vec::new();
        loop {
            let text = input.take_until(end);
            if !text.is_empty() {
                name.push(Node::Literal(text));
            }
            if !input.at_hole() {
                return if name.is_empty() { Err(Unbalanced::Branch) } else { Ok(name) };
            }
            if let Some(Item::Hole(expression)) = input.take_item() {
                name.push(Node::Hole(expression));
            }
        }
    }

    /// Text up to `end`, which is taken off; a branch in it must not hold `end`.
    fn value(&mut self, input: &mut Input, end: &str, in_branch: bool) -> Result<Vec<Node>, Unbalanced> {
        let mut value = Vec::new();
        while !input.is_empty() {
            let text = input.text();
            let (text, ended) = match text.split_once(end) {
                Some((text, _)) => (text.to_owned(), true),
                None => (text.to_owned(), false),
            };
            input.skip(text.len());
            if !text.is_empty() {
                value.push(Node::Literal(text));
            }
            if ended {
                input.skip(end.len());
                return if in_branch { Err(Unbalanced::Branch) } else { Ok(value) };
            }
            if let Some(item) = input.take_item() {
                value.push(self.balanced(&item, |reader, branch| reader.value(branch, end, true))?);
            }
        }
        if in_branch { Ok(value) } else { Err(Unbalanced::Branch) }
    }

    /// The node of an item whose branches each end where they began.
    fn balanced(
        &mut self,
        item: &Item,
        mut read: impl FnMut(&mut Self, &mut Input) -> Result<Vec<Node>, Unbalanced>,
    ) -> Result<Node, Unbalanced> {
        branches::node(item, &mut |items| read(self, &mut Input::new(items)))
    }

    /// Reads on past the end of an `if` in each of its branches. Those that do not end where the first one does make a
    /// file that is not well-formed, and are kept as text.
    fn continued(
        &mut self,
        item: &Item,
        input: &mut Input,
        mut read: impl FnMut(&mut Self, &mut Input) -> Result<(Vec<Node>, Ended), Unbalanced>,
    ) -> Result<(Vec<Node>, Ended), Unbalanced> {
        let Item::If(choices) = item else { return Err(Unbalanced::Loop) };
        self.continuations += 1;
        if self.continuations > MAX_CONTINUATIONS {
            return Err(Unbalanced::TooMany);
        }
        let known = self.known.len();
        let mut branches: Vec<Branch> = Vec::new();
        let mut end: Option<(Input, Ended)> = None;
        for choice in branches::exhaustive(choices) {
            let mut branch = input.preceded_by(&choice.items);
            if let Some(condition) = &choice.condition {
                self.known.push((condition.clone(), true));
            }
            let nodes = match read(self, &mut branch) {
                Ok((nodes, ended)) if end.is_none() => {
                    end = Some((branch, ended));
                    nodes
                }
                Ok((nodes, ended)) if ends_alike(end.as_ref(), &branch, ended) => nodes,
                Err(Unbalanced::TooMany) => return Err(Unbalanced::TooMany),
                Ok(_) | Err(_) => branches::text(&choice.items),
            };
            if let Some(last) = self.known.get_mut(known..).and_then(<[_]>::last_mut) {
                last.1 = false;
            }
            branches.push(Branch { condition: choice.condition, nodes });
        }
        self.known.truncate(known);
        let (rest, ended) = end.ok_or(Unbalanced::Branch)?;
        *input = rest;
        Ok((branches::join(branches), ended))
    }

    /// What an `if` holds whose outcome is known where it stands.
    fn decided(&self, item: &Item) -> Option<Vec<Item>> {
        let Item::If(choices) = item else { return None };
        if self.known.is_empty() {
            return None;
        }
        let outcome = |condition: &Formula| {
            self.known.iter().rev().find(|(known, _)| known == condition).map(|(_, outcome)| *outcome)
        };
        for choice in choices.iter() {
            match choice.condition.as_ref().map(outcome) {
                None | Some(Some(true)) => return Some(choice.items.clone()),
                Some(Some(false)) => {}
                Some(None) => return None,
            }
        }
        Some(Vec::new())
    }
}

fn ends_alike(end: Option<&(Input, Ended)>, other: &Input, other_ended: Ended) -> bool {
    end.is_some_and(|(input, ended)| input.left() == other.left() && *ended == other_ended)
}

/// Goes past `end`; the `if` that decides whether `end` comes is returned.
fn skip_past(input: &mut Input, end: &str) -> Result<Option<Item>, Unbalanced> {
    while !input.is_empty() {
        if let Some(at) = input.text().find(end) {
            input.skip(at + end.len());
            return Ok(None);
        }
        input.skip(input.text().len());
        match input.take_item() {
            Some(item @ Item::If(_)) if item.holds(end) => return Ok(Some(item)),
            Some(item) if item.holds(end) => return Err(Unbalanced::Loop),
            _ => {}
        }
    }
    Err(Unbalanced::Branch)
}

/// Takes the white space between elements away, and control structures that produce nothing.
fn drop_layout(nodes: &mut Vec<Node>) {
    let elements = holds_element(nodes);
    if !elements {
        trim(nodes);
    }
    clean(nodes, elements);
}

fn clean(nodes: &mut Vec<Node>, elements: bool) {
    for node in nodes.iter_mut() {
        match node {
            Node::Element(element) => drop_layout(&mut element.children),
            Node::If(branches) => {
                for branch in branches.iter_mut() {
                    clean(&mut branch.nodes, elements);
                }
                while branches.last().is_some_and(|branch| branch.nodes.is_empty()) {
                    branches.pop();
                }
            }
            Node::For(repeat) => clean(&mut repeat.nodes, elements),
            _ => {}
        }
    }
    nodes.retain(|node| match node {
        Node::Literal(text) => !elements || !text.trim().is_empty(),
        Node::If(branches) => !branches.is_empty(),
        Node::For(repeat) => !repeat.nodes.is_empty(),
        _ => true,
    });
}

fn holds_element(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Element(_) => true,
        Node::If(branches) => branches.iter().any(|branch| holds_element(&branch.nodes)),
        Node::For(repeat) => holds_element(&repeat.nodes),
        _ => false,
    })
}

/// The server trims the text of an element, and so does whoever flattens it.
fn trim(nodes: &mut Vec<Node>) {
    if let Some(Node::Literal(text)) = nodes.first_mut() {
        *text = text.trim_start().to_owned();
    }
    if let Some(Node::Literal(text)) = nodes.last_mut() {
        *text = text.trim_end().to_owned();
    }
    nodes.retain(|node| !matches!(node, Node::Literal(text) if text.is_empty()));
}
