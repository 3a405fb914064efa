"""How many instructions each piece of the proxy's work takes, counted by callgrind.

Unlike time, the count is the same to a few instructions in every run and on a busy machine, so a change of a percent
shows. Each piece is done a few times and then some more; the difference is the work's, without the start.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

WARM_UP = 20
REPEATS = {"KiB": 20}
REPEATS_OF_SMALL_WORK = 2000


def instructions(program: str, name: str, count: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, name, str(count)]
        # Swift seeds its hashing with randomness, and so the order of its dictionaries.
        environment = os.environ | {"SWIFT_DETERMINISTIC_HASHING": "1"}
        run = subprocess.run(command, capture_output=True, text=True, env=environment)
    counted = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or counted is None:
        sys.exit(f"{' '.join(command)}: {run.stderr}")
    return int(counted.group(1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="MicroBenchmarks, without debug information")
    parser.add_argument("--only", default="", help="only work whose name holds this")
    parser.add_argument("--json", help="a file for the figures")
    options = parser.parse_args()

    listed = subprocess.run([options.program, "list"], capture_output=True, text=True, check=True).stdout
    figures = []
    print("| work | instructions | per |\n|---|---:|---|")
    for line in listed.splitlines():
        name, unit, units = line.split("\t")
        if options.only not in name:
            continue
        repeats = REPEATS.get(unit, REPEATS_OF_SMALL_WORK)
        before = instructions(options.program, name, WARM_UP)
        after = instructions(options.program, name, WARM_UP + repeats)
        figure = (after - before) / repeats / int(units)
        figures.append({"work": name, "instructions": round(figure, 1), "per": unit})
        print(f"| {name} | {figure:,.0f} | {unit} |", flush=True)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=2)


if __name__ == "__main__":
    main()
