//! Templates of properties files: entries that run across control structures.

use super::super::tree::{Branch, Named, Node};
use super::input::{Choice, Input, Item};
use super::{MAX_CONTINUATIONS, Unbalanced, branches};

/// The nodes of a whole file.
pub fn entries(mut input: Input) -> Result<Vec<Node>, Unbalanced> {
    let mut reader = Reader { continuations: 0 };
    reader.entries(&mut input)
}

struct Reader {
    continuations: usize,
}

/// How a value ended.
enum Value {
    /// At the end of the line or of the input.
    Whole,
    /// At an `if` that ends the line in some of its branches.
    Split(Item),
}

impl Reader {
    fn entries(&mut self, input: &mut Input) -> Result<Vec<Node>, Unbalanced> {
        let mut nodes = Vec::new();
        loop {
            input.take_until(|character| !character.is_whitespace());
            if input.is_empty() {
                return Ok(nodes);
            }
            if input.at("#") || input.at("!") {
                if let Some(item) = skip_line(input)? {
                    let mut rest = self.continued(&item, input, |reader, branch| {
                        *branch = branch.preceded_by(&[Item::Text("#".into())]);
                        reader.entries(branch)
                    })?;
                    nodes.append(&mut rest);
                    return Ok(nodes);
                }
            } else if starts_with_structure(input) {
                let Some(item) = input.take_item() else { continue };
                nodes.push(branches::node(&item, &mut |items| self.entries(&mut Input::new(items)))?);
            } else {
                let name = self.key(input)?;
                nodes.append(&mut self.entry(&name, Vec::new(), input)?);
            }
        }
    }

    /// The rest of an entry, and of the file where the entry's end depends on a condition.
    fn entry(
        &mut self,
        name: &[Node],
        mut value: Vec<Node>,
        input: &mut Input,
    ) -> Result<Vec<Node>, Unbalanced> {
        match self.value(input, &mut value, false)? {
            Value::Whole => Ok(vec![Node::Entry(Named { name: name.to_vec(), value })]),
            Value::Split(item) => self.continued(&item, input, |reader, branch| {
                let mut nodes = reader.entry(name, value.clone(), branch)?;
                nodes.append(&mut reader.entries(branch)?);
                Ok(nodes)
            }),
        }
    }

    fn key(&mut self, input: &mut Input) -> Result<Vec<Node>, Unbalanced> {
        let mut key = Vec::new();
        loop {
            let text = input.take_until(|character| character.is_whitespace() || "=:".contains(character));
            if !text.is_empty() {
                key.push(Node::Literal(text));
            }
            if !input.text().is_empty() || input.is_empty() {
                break;
            }
            match input.take_item() {
                Some(Item::Hole(expression)) => key.push(Node::Hole(expression)),
                _ => return Err(Unbalanced::Branch),
            }
        }
        input.take_until(|character| !matches!(character, ' ' | '\t'));
        if input.at("=") || input.at(":") {
            input.skip(1);
            input.take_until(|character| !matches!(character, ' ' | '\t'));
        }
        Ok(key)
    }

    /// Reads to the end of the line; a line that ends in `\` goes on in the next.
    fn value(
        &mut self,
        input: &mut Input,
        value: &mut Vec<Node>,
        in_branch: bool,
    ) -> Result<Value, Unbalanced> {
        while !input.is_empty() {
            let text = input.text();
            let end = end_of_line(text);
            let part = text.get(..end.unwrap_or(text.len())).unwrap_or_default().to_owned();
            input.skip(part.len() + usize::from(end.is_some()));
            if !part.is_empty() {
                value.push(Node::Literal(part));
            }
            if end.is_some() {
                return if in_branch { Err(Unbalanced::Branch) } else { Ok(Value::Whole) };
            }
            let Some(item) = input.take_item() else { continue };
            let read = branches::node(&item, &mut |items| {
                let mut inner = Vec::new();
                self.value(&mut Input::new(items), &mut inner, true).map(|_| inner)
            });
            match read {
                Ok(node) => value.push(node),
                Err(Unbalanced::Branch) if !in_branch => return Ok(Value::Split(item)),
                Err(other) => return Err(other),
            }
        }
        Ok(Value::Whole)
    }

    fn continued(
        &mut self,
        item: &Item,
        input: &mut Input,
        mut read: impl FnMut(&mut Self, &mut Input) -> Result<Vec<Node>, Unbalanced>,
    ) -> Result<Vec<Node>, Unbalanced> {
        let Item::If(choices) = item else { return Err(Unbalanced::Loop) };
        self.continuations += 1;
        if self.continuations > MAX_CONTINUATIONS {
            return Err(Unbalanced::TooMany);
        }
        let branch = |choice: Choice| {
            let mut rest = input.preceded_by(&choice.items);
            Ok(Branch { condition: choice.condition, nodes: read(self, &mut rest)? })
        };
        let branches = branches::exhaustive(choices).into_iter().map(branch).collect::<Result<_, _>>()?;
        *input = Input::default();
        Ok(branches::join(branches))
    }
}

/// True in front of a control structure that does not begin a key.
fn starts_with_structure(input: &Input) -> bool {
    input.text().is_empty() && !input.at_hole()
}

/// Where the line ends that the text begins in: at its line feed, one that is escaped left aside.
fn end_of_line(text: &str) -> Option<usize> {
    text.match_indices('\n').map(|(at, _)| at).find(|at| {
        let line = text.get(..*at).unwrap_or_default().trim_end_matches('\r');
        (line.len() - line.trim_end_matches('\\').len()) % 2 == 0
    })
}

/// Goes past the end of the line; the `if` that holds the end is returned.
fn skip_line(input: &mut Input) -> Result<Option<Item>, Unbalanced> {
    while !input.is_empty() {
        if let Some(at) = input.text().find('\n') {
            input.skip(at + 1);
            return Ok(None);
        }
        input.skip(input.text().len());
        match input.take_item() {
            Some(item @ Item::If(_)) if item.holds("\n") => return Ok(Some(item)),
            Some(item) if item.holds("\n") => return Err(Unbalanced::Loop),
            _ => {}
        }
    }
    Ok(None)
}
