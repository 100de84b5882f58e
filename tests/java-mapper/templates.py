"""Reads a pack's templates: their keys, their branches, and what it takes to reach each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from conditions import (
    ABSENT,
    ANY,
    ENTRY,
    KEY,
    LENGTH,
    SAMPLE,
    Expression,
    Key,
    Operand,
    Wishes,
    both,
    emptied,
)

TAG = re.compile(r"\{#.*?#\}|\{%-?\s*(?P<word>\w+)(?P<rest>.*?)-?%\}|\{\{-?(?P<output>.*?)-?\}\}", re.S)


# Java's trim() would take control characters away.
MARK = "⟦{}⟧"
MARKER = re.compile("⟦(\\d+)⟧")


@dataclass
class Branch:
    """A way through a template, seen by its marker; of a loop, by `times` markers after the one before it."""

    template: str
    line: int
    text: str
    marker: int
    times: int | None
    wishes: Wishes

    def __str__(self) -> str:
        often = f" x{self.times}" if self.times is not None else ""
        return f"{self.template}:{self.line} {self.text}{often}"


@dataclass
class Templates:
    """All that the templates of a pack say about keys."""

    branches: list[Branch] = field(default_factory=list)
    reads: set[Key] = field(default_factory=set)
    literals: dict[Key, list[object]] = field(default_factory=dict)
    loops: set[Key] = field(default_factory=set)
    maps: set[Key] = field(default_factory=set)
    lists: set[Key] = field(default_factory=set)
    called: set[Key] = field(default_factory=set)
    instrumented: dict[str, str] = field(default_factory=dict)


def read_templates(folder: Path) -> Templates:
    """Reads all templates below a folder."""
    found = Templates()
    for path in sorted(folder.rglob("*.j2")):
        _Reader(found, path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")).read()
    return found


@dataclass
class Frame:
    """An open `if` or `for`."""

    word: str
    line: int
    before: Wishes
    scope: dict[str, Key | None]
    text: str
    denied: Wishes = field(default_factory=lambda: [{}])
    has_else: bool = False


class _Reader:
    """Walks through the tags of one template."""

    def __init__(self, found: Templates, name: str, text: str):
        self.found = found
        self.name = name
        self.text = text
        self.frames: list[Frame] = []
        self.scope: dict[str, Key | None] = {"loop": None}
        self.wishes: Wishes = [{}]
        self.markers = 0
        self.written: list[str] = []

    def read(self) -> None:
        """Collects keys and branches, and writes the template with a marker in each branch."""
        end = 0
        for tag in TAG.finditer(self.text):
            self.written.append(self.text[end : tag.start()])
            end = tag.end()
            line = self.text.count("\n", 0, tag.start()) + 1
            if tag["word"] is None:
                if tag["output"] is not None:
                    self.expression(tag["output"]).operand()
                self.written.append(tag[0])
            else:
                self.tag(tag["word"], tag["rest"], tag[0], line)
        self.written.append(self.text[end:])
        self.found.instrumented[self.name] = "".join(self.written)

    def expression(self, text: str) -> Expression:
        return Expression(text, self.scope, self.found)

    def marked(self, line: int, text: str) -> str:
        """Adds a branch; answers with the marker that shows it."""
        self.add(line, text, self.markers, None)
        return self.marker()

    def add(self, line: int, text: str, marker: int, times: int | None) -> None:
        self.found.branches.append(
            Branch(self.name, line, " ".join(text.split()), marker, times, self.wishes)
        )

    def marker(self) -> str:
        self.markers += 1
        return MARK.format(self.markers - 1)

    def tag(self, word: str, rest: str, whole: str, line: int) -> None:
        handler = getattr(self, f"on_{word}", None)
        if handler is None or (word not in ("if", "for", "set") and not self.frames):
            self.written.append(whole)
        else:
            handler(rest, whole, line)

    def on_if(self, rest: str, whole: str, line: int) -> None:
        frame = Frame("if", line, self.wishes, self.scope, whole)
        self.frames.append(frame)
        self.branch(frame, rest, whole, line)

    def branch(self, frame: Frame, rest: str, whole: str, line: int) -> None:
        true, false = self.expression(rest).condition()
        self.wishes = both(both(frame.before, frame.denied), true)
        frame.denied = both(frame.denied, false)
        self.written.append(whole + self.marked(line, whole))

    def on_elif(self, rest: str, whole: str, line: int) -> None:
        self.branch(self.frames[-1], rest, whole, line)

    def on_else(self, _rest: str, whole: str, line: int) -> None:
        frame = self.frames[-1]
        frame.has_else = True
        if frame.word == "if":
            self.wishes = both(frame.before, frame.denied)
        self.written.append(whole + self.marked(line, f"else of {frame.text}"))

    def on_endif(self, _rest: str, whole: str, _line: int) -> None:
        frame = self.frames.pop()
        if not frame.has_else:
            self.wishes = both(frame.before, frame.denied)
            self.written.append("{% else %}" + self.marked(frame.line, f"not {frame.text}"))
        self.wishes = frame.before
        self.written.append(whole)

    def on_for(self, rest: str, whole: str, line: int) -> None:
        frame = Frame("for", line, self.wishes, self.scope, whole)
        self.frames.append(frame)
        variables, _, iterated = rest.partition(" in ")
        names = [name.strip() for name in variables.split(",")]
        loop = self.expression(iterated).operand()
        self.scope = dict(self.scope)
        for name in names:
            self.scope[name] = None
        counted: list[tuple[int, Wishes]] = [(times, [{}]) for times in (0, 1, 3)]
        if loop.key is not None:
            counted = self.bind(loop, names)
        # A marker before the loop, so that a loop without a turn is seen, and one in it.
        outside, inside = self.marker(), self.marker()
        for times, wishes in counted:
            self.wishes = both(frame.before, wishes)
            self.add(line, whole, self.markers - 1, times)
        self.wishes = both(frame.before, counted[1][1])
        self.written.append(outside + whole + inside)

    def bind(self, loop: Operand, names: list[str]) -> list[tuple[int, Wishes]]:
        """Gives the loop's variables their keys; answers with what none, one and three turns take."""
        step, self_key = ENTRY, loop.key
        if "items" in loop.extras or len(names) > 1:
            step = ANY
            self.found.maps.add(self_key)
            self.scope[names[0]] = (*self_key, KEY)
        else:
            self.found.loops.add(self_key)
        self.scope[names[-1]] = (*self_key, step)
        length = (*self_key, LENGTH)
        entry = (*self_key, step)
        nothing = [{self_key: ABSENT}] if step == ANY else [{self_key: ABSENT}, *emptied(self_key)]
        return [(0, nothing), (1, [{length: 1, entry: SAMPLE}]), (3, [{length: 3, entry: SAMPLE}])]

    def on_endfor(self, _rest: str, whole: str, _line: int) -> None:
        frame = self.frames.pop()
        self.wishes, self.scope = frame.before, frame.scope
        self.written.append(whole)

    def on_set(self, rest: str, whole: str, _line: int) -> None:
        name, _, value = rest.partition("=")
        operand = self.expression(value).operand()
        self.scope = {**self.scope, name.strip(): None if operand.extras else operand.key}
        self.written.append(whole)


def markers_in(text: str) -> Iterator[int]:
    """The markers of a rendering of an instrumented template, in order."""
    return (int(match[1]) for match in MARKER.finditer(text))
