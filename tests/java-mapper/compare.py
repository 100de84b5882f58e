#!/usr/bin/env python3
"""Renders deployment.tomls with the Java config mapper of a pack and with `apimlint render`, and compares.

Every file has to be equal byte for byte; where one of the two refuses a deployment.toml, the other
has to refuse it for the same kind of reason. Needs Python 3.11, a JDK, and a pack with `lib` and
`repository/resources/conf`.

    tests/java-mapper/compare.py --pack wso2am-4.5.0 --generate
    tests/java-mapper/compare.py --pack wso2am-4.5.0 --toml deployment.toml --toml folder-with-tomls
    tests/java-mapper/compare.py --pack wso2am-4.5.0 --mapper-sources config-mapper

Exit status 1 where anything differs.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from comparison import Figures, compare
from coverage import Coverage
from generate import Generator
from java_mapper import JavaMapper
from pack_rules import Rules
from rust_renderer import RustRenderer
from scenarios import run_scenarios
from templates import read_templates

# What the generated deployment.tomls refer to.
GIVEN_ENVIRONMENT = {"APIMLINT_TEST": "from-environment"}
GIVEN_PROPERTIES = {"apimlint.test": "from-property"}


def resources_of(pack: Path) -> Path:
    """The folder with templates and rule files: below a home, or the folder given."""
    inner = pack / "repository/resources/conf"
    return inner if inner.is_dir() else pack


def own_tomls(pack: Path) -> list[Path]:
    """The deployment.tomls that a pack carries."""
    templates = sorted((resources_of(pack) / "deployment-templates").glob("*.toml"))
    own = pack / "repository/conf/deployment.toml"
    return [own, *templates] if own.is_file() else templates


def tomls_below(paths: list[Path]) -> Iterator[Path]:
    """Files as they are, folders by the .toml files in them."""
    for path in paths:
        yield from sorted(path.rglob("*.toml")) if path.is_dir() else [path]


def generated(pack: Path, options: argparse.Namespace, folder: Path) -> list[Path]:
    """Writes the generated deployment.tomls into a folder."""
    own = pack / "repository/conf/deployment.toml"
    generator = Generator(resources_of(pack), own if own.is_file() else None, options.seed)
    paths = []
    for name, text in (*generator.first_layer(), *generator.second_layer(options.count)):
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8", newline="")
    return paths


def show_coverage(pack: Path, tomls: list[Path], java: JavaMapper, listed: bool) -> None:
    """Prints the share of branches reached, told by copies of the templates that show each branch taken."""
    coverage = Coverage(read_templates(resources_of(pack) / "templates"), Rules(resources_of(pack)))
    coverage.instrument(java.resources / "templates")
    refused = 0
    for toml in tomls:
        rendering = java.render(toml)
        refused += rendering.kind is not None
        coverage.add(rendering.files)
    java.close()
    branches, unreached = coverage.templates.branches, coverage.unreached()
    known = sum(bool(reason) for _, reason in unreached)
    reached = len(branches) - len(unreached)
    share = 100 * reached / max(1, len(branches) - known)
    print(
        f"{pack.name}: {reached} of {len(branches)} branches reached by {len(tomls)} files, of which {refused} refused;"
    )
    print(f"  defaults stand before {known} others, {share:.1f} % of the rest is reached")
    if listed:
        print(
            *(f"  not reached: {branch} {reason and f'({reason})'}" for branch, reason in unreached), sep="\n"
        )


def compare_pack(pack: Path, options: argparse.Namespace) -> Figures:
    """All deployment.tomls asked for, on one pack."""
    environment, properties = clean_environment() | dict(options.env), dict(options.sys)
    with tempfile.TemporaryDirectory() as folder:
        tomls = [*own_tomls(pack), *tomls_below(options.toml)]
        if options.generate:
            environment, properties = GIVEN_ENVIRONMENT | environment, GIVEN_PROPERTIES | properties
            tomls += generated(pack, options, Path(folder))
        java = JavaMapper(pack / "lib", resources_of(pack), environment, properties, options.cache)
        if options.coverage:
            show_coverage(pack, tomls, java, options.unreached)
            return Figures()
        rust = RustRenderer(options.apimlint, pack, environment, properties)
        return compare(java, rust, tomls, options.keep and options.keep / pack.name)


def clean_environment() -> dict[str, str]:
    """What both programs get besides `--env`: enough to be found, and one encoding."""
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def name_and_value(text: str) -> tuple[str, str]:
    """`NAME=VALUE` of an option."""
    name, sign, value = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--pack", type=Path, action="append", required=True, help="an API-M home; may be given several times")
    add(
        "--toml",
        type=Path,
        action="append",
        default=[],
        help="a deployment.toml, or a folder that holds some",
    )
    add("--generate", action="store_true", help="also deployment.tomls made to reach every branch")
    add("--seed", type=int, default=1, help="of the generated ones (default 1)")
    add("--count", type=int, default=200, help="how many of the generated ones are random (default 200)")
    add(
        "--env",
        type=name_and_value,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an environment variable",
    )
    add(
        "--sys",
        type=name_and_value,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a system property",
    )
    add(
        "--mapper-sources",
        type=Path,
        help="a checkout of wso2/config-mapper: runs its test scenarios instead",
    )
    add(
        "--apimlint",
        type=Path,
        default=Path("target/release/apimlint"),
        help="default target/release/apimlint",
    )
    add(
        "--coverage",
        action="store_true",
        help="instead of comparing, count the branches that the files reach",
    )
    add("--unreached", action="store_true", help="with --coverage, list the branches that no file reaches")
    add("--keep", type=Path, help="a folder for the deployment.tomls that render differently")
    add("--cache", type=Path, help="a folder for what Java rendered, so that a second run need not")
    return parser.parse_args()


def main() -> int:
    options = read_options()
    rows: list[tuple[str, Figures]] = []
    for pack in options.pack:
        if options.mapper_sources:
            environment = clean_environment() | dict(options.env)
            rows.append(
                (
                    pack.name,
                    run_scenarios(options.mapper_sources, pack / "lib", options.apimlint, environment),
                )
            )
        else:
            rows.append((pack.name, compare_pack(pack.resolve(), options)))
    if options.coverage:
        return 0
    heads = ("pack", "tomls", "files", "equal", "differing", "errors equal", "errors differing")
    print(("{:<16}" + "{:>10}" * 4 + "{:>14}{:>18}").format(*heads))
    for name, figures in rows:
        cells = (
            figures.tomls,
            figures.files,
            figures.equal,
            figures.differing,
            figures.errors_equal,
            figures.errors_differing,
        )
        print(f"{name:<16}" + "".join(f"{cell:>10}" for cell in cells[:4]) + f"{cells[4]:>14}{cells[5]:>18}")
    return 0 if all(figures.passed() for _, figures in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
