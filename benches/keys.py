#!/usr/bin/env python3
"""Tells how much CPU time `apimlint keys` takes for a question of each kind.

usage: benches/keys.py [--program target/release/apimlint] [--runs 40] [--to 4.5.0]

Each question is asked as a whole process, many times. What is told is the CPU time of one run, user and system together:
the least, which other work on the machine disturbs least, and the middle one; and how many times that of
`apimlint --version` it is. Unix only, standard library only.
"""
import argparse
import os
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUESTIONS = {
    "a key": ["database.apim_db.url"],
    "a table": ["apim.gateway.environment"],
    "the start of keys": ["apim"],
    "an element": ["APIKeyValidator/ServerURL"],
    "a path": ["//Ports/Offset"],
    "a frequent element": ["Name"],
    "a file": ["carbon.xml"],
    "a word": ["offset"],
    "a value": ["9763"],
    "a near miss": ["database.apim_db.ulr"],
    "no such thing": ["zzzz"],
    "a history": ["--from", "3.0.0"],
    "the catalogue": ["--all", "--format", "markdown"],
}


def milliseconds(command: list[str]) -> float:
    """CPU time of one run."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return (usage.ru_utime + usage.ru_stime) * 1000


def measure(command: list[str], runs: int) -> tuple[float, float]:
    times = [milliseconds(command) for _ in range(runs)]
    return min(times), statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target" / "release" / "apimlint")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--to", default="4.5.0")
    options = parser.parse_args()
    start, _ = measure([options.program, "--version"], options.runs)
    print(f"{'question':20} {'least ms':>9} {'middle ms':>10} {'times --version':>16}")
    for name, question in QUESTIONS.items():
        least, middle = measure([options.program, "keys", *question, "--to", options.to], options.runs)
        print(f"{name:20} {least:9.1f} {middle:10.1f} {least / start:16.1f}")


if __name__ == "__main__":
    main()
