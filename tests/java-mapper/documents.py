"""Puts wishes for keys into a document."""

from copy import deepcopy

from conditions import ABSENT, ANY, ENTRY, KEY, LENGTH, NAMES, SAMPLE, Key
from samples import Samples

Table = dict[str, object]


class Conflict(Exception):
    """Two wishes that no deployment.toml can hold together."""


class Builder:
    """Makes documents of one pack's keys."""

    def __init__(self, samples: Samples):
        self.samples = samples

    def build(self, wishes: dict[Key, object], base: Table) -> Table:
        """The base with the wishes in it; `Conflict` where they exclude each other."""
        root = deepcopy(base)
        lengths = {key[:-1]: value for key, value in wishes.items() if key[-1] == LENGTH}
        given = [key for key in wishes if key[-1] != LENGTH]
        absent = [key for key in given if wishes[key] is ABSENT]
        for key in absent:
            _remove(root, key)
        for key in sorted(given, key=len, reverse=True):
            if wishes[key] is not ABSENT:
                self._place(root, key, wishes, lengths)
        # Entries are made with all that templates read of them.
        for key in absent:
            _remove(root, key)
        return root

    def _place(self, root: Table, key: Key, wishes: dict[Key, object], lengths: dict[Key, int]) -> None:
        value = wishes[key]
        nodes: list[Table] = [root]
        for depth, step in enumerate(key[:-1]):
            path = key[: depth + 1]
            if step in (ENTRY, ANY, KEY):
                continue
            following = key[depth + 1]
            last = depth + 2 == len(key)
            if following in (ENTRY, ANY, KEY):
                nodes = _spread(
                    nodes,
                    step,
                    following,
                    lengths.get(path, 1),
                    last,
                    value if following == KEY else self._value(key, value, lengths),
                )
                if last:
                    return
            else:
                nodes = [_table_in(node, step) for node in nodes]
        for node in nodes:
            if value is SAMPLE and key[-1] in node:
                if isinstance(node[key[-1]], list) and key in lengths:
                    _resize(node[key[-1]], lengths[key], self.samples.entry((*key, ENTRY), 0))
                continue
            chosen = self._value(key, value, lengths)
            if isinstance(node.get(key[-1]), (dict, list)) and not isinstance(chosen, type(node[key[-1]])):
                raise Conflict(key)
            node[key[-1]] = deepcopy(chosen)

    def _value(self, key: Key, value: object, lengths: dict[Key, int]) -> object:
        if value is not SAMPLE:
            return value
        return (
            self.samples.entry(key, 0)
            if key[-1] in (ENTRY, ANY)
            else self.samples.sample(key, lengths.get(key, 1))
        )


def _remove(node: object, key: Key) -> None:
    if isinstance(node, list):
        for entry in node:
            _remove(entry, key[1:] if key[0] == ENTRY else key)
    elif isinstance(node, dict):
        if len(key) == 1:
            node.pop(key[0], None)
        elif key[0] in (ANY, KEY):
            for value in node.values():
                _remove(value, key[1:])
        else:
            _remove(node.get(key[0]), key[1:])


def _table_in(node: Table, name: str) -> Table:
    table = node.setdefault(name, {})
    if not isinstance(table, dict):
        raise Conflict(name)
    return table


def _resize(entries: list[object], length: int, filler: object) -> None:
    del entries[length:]
    while len(entries) < length:
        entries.append(deepcopy(filler))


def _spread(nodes: list[Table], name: str, step: str, length: int, last: bool, value: object) -> list[Table]:
    """Goes on into the entries of lists or maps, which are made where they are missing."""
    inner = []
    for node in nodes:
        names = [value] if step == KEY else NAMES[:length]
        if step == ENTRY:
            holder = node.setdefault(name, [])
            if not isinstance(holder, list):
                raise Conflict(name)
            _resize(holder, length, value if last else {})
            entries = holder
        else:
            holder = _table_in(node, name)
            entries = [
                holder.setdefault(entry, deepcopy(value) if last and step == ANY else {}) for entry in names
            ]
        if last:
            continue
        if not all(isinstance(entry, dict) for entry in entries):
            raise Conflict(name)
        inner += entries
    return inner
