"""Runs the scenarios of wso2/config-mapper's own test suite."""

import re
import shutil
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from comparison import Figures, compare
from java_mapper import JavaMapper
from rust_renderer import RustRenderer

RULES = ("default", "infer", "key-mappings", "unit-resolve", "validator")
# What the suite does to the deployment.toml of the scenario that has no expected files, step by step.
ADMINISTRATOR = 'username = "admin1"'
STEPS = (
    ('username = "admin1"', {}),
    ('username = "admin2"', {}),
    ('username = "$sys{admin_username}"', {"admin_username": "admin3"}),
    ('username = "$sys{admin_username}"', {"admin_username": "admin4"}),
    ('username = "$sys{admin_username}"', {}),
)


def run_scenarios(sources: Path, jars: Path, program: Path, environment: dict[str, str]) -> Figures:
    """Renders each scenario with both, and holds what ours wrote against what the suite expects."""
    figures = Figures()
    for scenario in sorted((sources / "src/test/resources").glob("scenario-*")):
        with tempfile.TemporaryDirectory() as folder:
            inner = scenario / "repository/resources/conf"
            stepwise = inner.is_dir()
            resources = _copy_resources(inner if stepwise else scenario, Path(folder) / "resources")
            toml = Path(folder) / f"{scenario.name}.toml"
            for administrator, properties in STEPS if stepwise else STEPS[:1]:
                text = (scenario / "deployment.toml").read_text(encoding="utf-8")
                toml.write_text(text.replace(ADMINISTRATOR, administrator), encoding="utf-8")
                java = JavaMapper(jars, resources, environment, properties)
                rust = RustRenderer(program, resources, environment, properties)
                figures += compare(java, rust, [toml])
            if not stepwise:
                figures.differing += _unexpected(scenario / "expected", rust.render(toml).files)
    return figures


def _copy_resources(given: Path, copy: Path) -> Path:
    """Adds `.j2` to the names of templates: the mapper passes over others, and most scenarios have none."""
    for template in (path for path in (given / "templates").rglob("*") if path.is_file()):
        relative = template.relative_to(given)
        target = copy / (relative if template.suffix == ".j2" else f"{relative}.j2")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(template, target)
    for rule in RULES:
        shutil.copyfile(given / f"{rule}.json", copy / f"{rule}.json")
    return copy


def _unexpected(expected: Path, files: dict[str, bytes]) -> int:
    """Compares as the suite does: XML by elements, attributes and words, other files by words."""
    wrong = 0
    for path in sorted(
        files.keys() | (file.relative_to(expected).as_posix() for file in expected.rglob("*.*"))
    ):
        wanted, content = (expected / path).read_bytes(), files.get(path, b"")
        same = (
            _canonical(wanted) == _canonical(content) if ".xml" in path else wanted.split() == content.split()
        )
        if not same:
            wrong += 1
            print(f"{expected.parent.name}/{path}: not what the suite expects")
    return wrong


def _canonical(text: bytes) -> object:
    def shape(element: ElementTree.Element) -> object:
        words = re.split(
            r"\s+", " ".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        )
        children = sorted((shape(child) for child in element), key=repr)
        return element.tag, sorted(element.attrib.items()), words, children

    return shape(ElementTree.fromstring(text)) if text.strip() else None
