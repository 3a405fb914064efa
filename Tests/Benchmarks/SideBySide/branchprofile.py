"""Writes down how often each branch is taken while the program does the work of the table.

The compiler lays out and inlines by it (Package.swift). To be made anew when much of the path of a request has changed: the
compiler leaves out what does not fit a function as it is now.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from pathlib import Path

from contenders import cartouche
from workloads import WORKLOADS, processor_microseconds
from world import World

SECONDS = 4

#: What was done less often belongs to the start, or to what hardly happens: nothing is gained there.
SELDOM = 1000

#: The counters are written by what `exit` calls, and the program leaves without that.
LEAVING = "#include <stdlib.h>\nvoid _exit(int code) { exit(code); }\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="deploy/bench --branches")
    parser.add_argument("--program", required=True, help="the program, built with counters")
    parser.add_argument("--tools", type=Path, required=True, help="the folder of the compiler's clang and llvm-profdata")
    parser.add_argument("--output", type=Path, required=True, help="the file to write")
    arguments = parser.parse_args()

    world = World()
    try:
        counters = at_work(world, arguments.program, arguments.tools)
        text = world.folder / "profile.txt"
        merge(arguments.tools, ["--sparse", "--text"], counters, text)
        # By name: the tool does not read text with names that begin with a dollar, as Swift's do.
        chosen = "|".join(re.escape(name) for name in names(text.read_text()))
        merge(arguments.tools, [f"--function=^({chosen})$"], counters, arguments.output)
    finally:
        world.close()


def at_work(world: World, program: str, tools: Path) -> list[Path]:
    """The counters as the program has left them."""
    leaving = world.folder / "leaving.so"
    subprocess.run([tools / "clang", "-shared", "-fPIC", "-w", "-x", "c", "-", "-o", leaving], input=LEAVING, text=True, check=True)
    world.start_origin()
    # A confined program may not write its counters anywhere.
    contender = cartouche(world, program, "--insecure-no-confinement")
    contender.environment |= {"LD_PRELOAD": str(leaving), "LLVM_PROFILE_FILE": str(world.folder / "%p.profraw")}
    process = contender.start(world)
    for work in WORKLOADS:
        taken = processor_microseconds(work, contender, process.pid, SECONDS)
        print(f"{work.name:9} {taken:.0f} {work.unit}, counting", flush=True)
    world.stop(process)
    counters = list(world.folder.glob("*.profraw"))
    if not counters:
        raise SystemExit("the program has left no counters: was it built with them, by Swift 6.3 or newer?")
    return counters


def merge(tools: Path, flags: list[str], files: list[Path], output: Path) -> None:
    subprocess.run([tools / "llvm-profdata", "merge", *flags, "-o", output, *files], check=True)


def names(profile: str) -> list[str]:
    """The functions that are often at work."""
    functions = re.findall(r"^(\S+)\n# Func Hash:\n.*?^# Counter Values:\n((?:\d+\n)+)", profile, re.MULTILINE | re.DOTALL)
    return [name for name, counters in functions if max(map(int, counters.split())) >= SELDOM]


if __name__ == "__main__":
    main()
