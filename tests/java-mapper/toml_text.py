"""Writes nested dictionaries as TOML in the spellings that the server's reader takes."""

import random
import re

BARE = re.compile(r"[A-Za-z0-9_-]+")
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


class Literal(str):
    """A value that is written as it stands."""


class Style:
    """How keys and values are spelled; at random where a source of chance is given."""

    def __init__(self, chance: random.Random | None = None):
        self.chance = chance
        # The server's reader refuses some inline tables that TOML allows, so most documents have none.
        self.inline = chance.choice((0, 0, 0, 0, 0.05)) if chance else 0

    def happens(self, share: float) -> bool:
        return self.chance is not None and self.chance.random() < share

    def ordered(self, table: dict[str, object]) -> list[tuple[str, object]]:
        entries = list(table.items())
        if self.chance is not None:
            self.chance.shuffle(entries)
        return entries

    def key(self, name: str) -> str:
        if BARE.fullmatch(name) and not self.happens(0.05):
            return name
        if "'" in name or self.happens(0.5):
            return text_of(name)
        return f"'{name}'"

    def value(self, value: object) -> str:
        match value:
            case Literal():
                return str(value)
            case bool():
                return "true" if value else "false"
            case str():
                literal = not re.search(r"['\x00-\x1f\x7f]", value) and self.happens(0.2)
                return f"'{value}'" if literal else text_of(value)
            case list():
                return "[" + ", ".join(self.value(entry) for entry in value) + "]"
            case dict():
                pairs = (f"{self.key(name)} = {self.value(entry)}" for name, entry in self.ordered(value))
                return "{" + ", ".join(pairs) + "}"
            case _:
                return repr(value)


def text_of(value: str) -> str:
    """A basic string."""
    escaped = "".join(
        ESCAPES.get(char, char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}") for char in value
    )
    return f'"{escaped}"'


def write(root: dict[str, object], style: Style) -> str:
    """A whole document: a table before its sub-tables, as the server's reader wants it."""
    lines: list[str] = []
    _table(lines, "", root, style)
    return "\n".join(lines) + "\n"


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


def _table(lines: list[str], path: str, table: dict[str, object], style: Style) -> None:
    below = []
    for name, value in style.ordered(table):
        nested = isinstance(value, dict) or _is_tables(value)
        if nested and not style.happens(style.inline):
            below.append((name, value))
        else:
            lines.append(f"{style.key(name)} = {style.value(value)}")
    for name, value in below:
        inner = f"{path}.{style.key(name)}" if path else style.key(name)
        for entry in value if isinstance(value, list) else [value]:
            lines.append(f"[[{inner}]]" if isinstance(value, list) else f"[{inner}]")
            _table(lines, inner, entry, style)
