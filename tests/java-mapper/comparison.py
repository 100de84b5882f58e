"""Compares what the two renderers made of each deployment.toml."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

from java_mapper import JavaMapper, Rendering
from rust_renderer import RustRenderer

SHOWN = 10


@dataclass
class Figures:
    """What a comparison counted."""

    tomls: int = 0
    files: int = 0
    equal: int = 0
    differing: int = 0
    errors_equal: int = 0
    errors_differing: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    def passed(self) -> bool:
        return self.differing == self.errors_differing == 0


def compare(java: JavaMapper, rust: RustRenderer, tomls: list[Path], keep: Path | None = None) -> Figures:
    """Renders each file with both, and ends the JVM."""
    comparison = _Comparison(rust, java, keep)
    try:
        comparison.add_all(tomls)
        return comparison.figures
    finally:
        java.close()


class _Comparison:
    """Both renderers on one pack."""

    def __init__(self, rust: RustRenderer, java: JavaMapper, keep: Path | None):
        self.java, self.rust, self.keep = java, rust, keep
        self.figures = Figures()
        self.shown = 0

    def add_all(self, tomls: list[Path]) -> None:
        """Compares each file; apimlint runs beside the JVM, a few files behind it."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            running: list[tuple[Path, Rendering, Future[Rendering]]] = []
            for toml in tomls:
                ours = pool.submit(self.rust.render, toml)
                running.append((toml, self.java.render(toml), ours))
                if len(running) > 8:
                    self.judge(*running.pop(0))
            for entry in running:
                self.judge(*entry)

    def judge(self, toml: Path, java: Rendering, ours: Future[Rendering]) -> None:
        """Counts one file, and says what differs."""
        rust = ours.result()
        self.figures.tomls += 1
        complaints = []
        if java.kind is not None or rust.kind is not None:
            if java.kind == rust.kind:
                self.figures.errors_equal += 1
            else:
                self.figures.errors_differing += 1
                complaints.append(
                    f"java: {java.kind or 'rendered'} {java.message}\n"
                    f"    ours: {rust.kind or 'rendered'} {rust.message}"
                )
        else:
            paths = sorted(java.files.keys() | rust.files.keys())
            wrong = [path for path in paths if java.files.get(path) != rust.files.get(path)]
            self.figures.files += len(paths)
            self.figures.equal += len(paths) - len(wrong)
            self.figures.differing += len(wrong)
            complaints += [
                first_difference(path, java.files.get(path), rust.files.get(path)) for path in wrong
            ]
        if complaints:
            self.complain(toml, complaints)

    def complain(self, toml: Path, complaints: list[str]) -> None:
        kept = toml
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            kept = self.keep / toml.name
            kept.write_bytes(toml.read_bytes())
        self.shown += 1
        if self.shown <= SHOWN or self.keep is not None:
            print(f"{kept}:", *(f"  {complaint}" for complaint in complaints[:5]), sep="\n")


def first_difference(path: str, java: bytes | None, ours: bytes | None) -> str:
    """The first line that differs, as both wrote it."""
    if java is None or ours is None:
        return f"{path}: {'only ours' if java is None else 'not ours'}"
    theirs, mine = java.split(b"\n"), ours.split(b"\n")
    line = next(
        (number for number, (one, other) in enumerate(zip(theirs, mine)) if one != other),
        min(len(theirs), len(mine)),
    )
    shown = [
        lines[line][:200].decode("utf-8", "backslashreplace") if line < len(lines) else "(end)"
        for lines in (theirs, mine)
    ]
    return f"{path}:{line + 1}\n    java: {shown[0]!r}\n    ours: {shown[1]!r}"
