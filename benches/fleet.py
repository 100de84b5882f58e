#!/usr/bin/env python3
"""Makes a fleet of API Manager nodes and compares `apimlint check` with `xmllint --noout` on its XML files.

usage: benches/fleet.py [--nodes 200] [--from HOME] [--keep FOLDER]

The nodes are copies of HOME with their own addresses; by default of node1 of the demo deployment, laid over the files
of an untouched 2.6.0 pack as the vanilla settings know them. Both programs are run as whole processes by hyperfine, in
one run; what counts is the ratio of their wall times. Needs hyperfine and xmllint. Standard library only.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEMO = ROOT / "corpus" / "deployments" / "active-active-2.6" / "node1"
# The demo's files hold only what matters. In a pack of 2.6.0 they have these sizes, in bytes, most of it comments.
USUAL_SIZES = {
    "repository/conf/api-manager.xml": 35_600,
    "repository/conf/axis2/axis2.xml": 52_500,
    "repository/conf/broker.xml": 33_000,
    "repository/conf/carbon.xml": 27_200,
    "repository/conf/datasources/master-datasources.xml": 6_000,
    "repository/conf/identity/identity.xml": 61_400,
    "repository/conf/registry.xml": 17_000,
    "repository/conf/tomcat/catalina-server.xml": 5_000,
    "repository/conf/user-mgt.xml": 17_000,
}
PARTS = ["bin/version.txt", "repository/conf", "repository/deployment/server/eventpublishers"]


def address(index: int) -> str:
    return f"10.20.{index // 250}.{index % 250 + 1}"


def fill_up(node: pathlib.Path) -> None:
    """Brings the files of a node to their usual size with comments behind the first element."""
    line = "    <!-- A comment of the length that explanations of a setting have in these files. -->\n"
    for name, size in USUAL_SIZES.items():
        path = node / name
        if path.is_file() and (missing := size - path.stat().st_size) > 0:
            text = path.read_text(encoding="latin-1")
            end = text.rindex("</")
            path.write_text(text[:end] + line * (missing // len(line)) + text[end:], encoding="latin-1")


def make_fleet(home: pathlib.Path, count: int, target: pathlib.Path) -> list[pathlib.Path]:
    """Writes the nodes and returns their folders. Each listed member of node N is the node behind it."""
    nodes = []
    for index in range(count):
        node = target / f"node{index + 1:03}"
        for part in PARTS:
            source = home / part
            if source.is_dir():
                shutil.copytree(source, node / part, symlinks=False)
            elif source.is_file():
                (node / part).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, node / part)
        axis2 = node / "repository/conf/axis2/axis2.xml"
        if axis2.is_file():
            text = axis2.read_text(encoding="latin-1")
            text = text.replace("192.168.10.2", address((index + 1) % count)).replace("192.168.10.1", address(index))
            axis2.write_text(text, encoding="latin-1")
        fill_up(node)
        nodes.append(node)
    return nodes


def compare(commands: dict[str, str], warmup: int = 2, runs: int = 12) -> dict[str, float]:
    """Mean wall times in seconds by name."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        arguments = ["hyperfine", "--shell=none", "--ignore-failure", f"--warmup={warmup}", f"--runs={runs}",
                     f"--export-json={report.name}", "--output=null"]
        for name, command in commands.items():
            arguments += ["--command-name", name, command]
        subprocess.run(arguments, check=True)
        results = json.loads(pathlib.Path(report.name).read_text())["results"]
    return {result["command"]: result["mean"] for result in results}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--from", dest="home", type=pathlib.Path, default=DEMO)
    parser.add_argument("--keep", type=pathlib.Path, help="write the fleet here and keep it")
    options = parser.parse_args()
    for program in ("hyperfine", "xmllint"):
        if not shutil.which(program):
            sys.exit(f"{program} is not installed")
    metadata = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version=1"], cwd=ROOT, check=True,
                              capture_output=True)
    program = pathlib.Path(json.loads(metadata.stdout)["target_directory"]) / "release" / "apimlint"
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)

    with tempfile.TemporaryDirectory() as scratch:
        target = options.keep or pathlib.Path(scratch) / "fleet"
        home = options.home
        if home == DEMO:
            home = pathlib.Path(scratch) / "home"
            subprocess.run(["cargo", "run", "--release", "--quiet", "--example", "vanilla-home", "--", "2.6.0", home],
                           cwd=ROOT, check=True)
            shutil.copytree(DEMO, home, dirs_exist_ok=True)
        nodes = make_fleet(home, options.nodes, target)
        files = sorted(path for node in nodes for path in node.rglob("*.xml"))
        listing = target / "files.txt"
        listing.write_text("".join(f"{path}\n" for path in files))
        size = sum(path.stat().st_size for path in files)
        fleet = " ".join(str(node) for node in nodes)
        times = compare({
            "apimlint": f"{program} check --format json {fleet}",
            "xmllint": f"xargs -a {listing} xmllint --noout",
        })
        two = compare({"two nodes": f"{program} check --format json {nodes[0]} {nodes[1 % len(nodes)]}"})
        print(f"{len(nodes)} nodes, {len(files)} XML files, {size / 1e6:.1f} MB")
        for name, seconds in (times | two).items():
            print(f"{name:10} {seconds * 1000:8.1f} ms")
        print(f"ratio      {times['apimlint'] / times['xmllint']:8.2f}")


if __name__ == "__main__":
    main()
