"""Counts which branches of a pack's templates a set of deployment.tomls reaches."""

from pathlib import Path

from conditions import ABSENT, LENGTH, Key
from pack_rules import Rules
from samples import stands_above
from templates import Branch, Templates, markers_in


class Coverage:
    """The branches reached so far."""

    def __init__(self, templates: Templates, rules: Rules):
        self.templates, self.rules = templates, rules
        self.seen: set[tuple[str, int, int | None]] = set()

    def instrument(self, folder: Path) -> None:
        """Writes templates that show each branch taken over a copy of the pack's own."""
        for name, text in self.templates.instrumented.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")

    def add(self, files: dict[str, bytes]) -> None:
        """Counts what the instrumented templates rendered."""
        loops = {
            (branch.template, branch.marker) for branch in self.templates.branches if branch.times is not None
        }
        for path, content in files.items():
            template = f"{path}.j2"
            turns: dict[int, int] = {}
            for marker in markers_in(content.decode("utf-8", "replace")):
                if (template, marker + 1) in loops:
                    self._close(template, marker + 1, turns)
                    turns[marker + 1] = 0
                elif (template, marker) in loops:
                    turns[marker] = turns.get(marker, 0) + 1
                else:
                    self.seen.add((template, marker, None))
            for loop in list(turns):
                self._close(template, loop, turns)

    def _close(self, template: str, loop: int, turns: dict[int, int]) -> None:
        if loop in turns:
            self.seen.add((template, loop, min(turns.pop(loop), 3)))

    def unreached(self) -> list[tuple[Branch, str]]:
        """The branches that nothing has taken, with the reason where the pack's own rules are one."""
        return [
            (branch, self.reason(branch))
            for branch in self.templates.branches
            if (branch.template, branch.marker, branch.times) not in self.seen
        ]

    def reason(self, branch: Branch) -> str:
        """Which default keeps a key from being absent or a map from being smaller, if one does."""
        if "append(" in branch.text:
            return "append() is always true"
        if not branch.wishes:
            return "its conditions exclude each other"
        reasons = [
            self._hindrance(key, value) for wishes in branch.wishes[:1] for key, value in wishes.items()
        ]
        return next(filter(None, reasons), "")

    def _hindrance(self, key: Key, value: object) -> str:
        dotted = ".".join(step for step in key if step != LENGTH)
        if any(stands_above(key, other) for other in self.rules.needed) and value is ABSENT:
            return f"defaults refer to {dotted}"
        if value is ABSENT and any(stands_above(key, other) for other in self.rules.defaults):
            return f"default.json gives {dotted}"
        given = {other[len(key) - 1] for other in self.rules.defaults if stands_above(key[:-1], other[:-1])}
        if key[-1] == LENGTH and isinstance(value, int) and len(given) > value:
            return f"default.json gives {len(given)} entries of {dotted}"
        return ""
