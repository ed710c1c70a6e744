#!/usr/bin/env python3
"""Instructions of one EVM execution against evmone's, counted by callgrind.

    evm_instructions.py --program build/release/bench/evm_instructions [--check] [--only NAME]

The yardstick and the programs are fixtures (evm-benchmarks). A count is (I(3) - I(1)) / 2: one
execution of the call frame, start-up and analysis taken out. With --check the exit code says
whether every input of `main` is within 1.5 times its yardstick and their geometric mean within 1.2.
"""

import argparse
import concurrent.futures
import csv
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

EACH_BAR = 1.5
MEAN_BAR = 1.2


def fixtures():
    here = os.environ.get("CAIRN_FIXTURES")
    root = pathlib.Path(here) if here else pathlib.Path(__file__).parents[2] / "shared/fixtures"
    return root / "evm-benchmarks"


def inputs(root):
    """(name in the yardstick, file, test, index, gas, instructions), in the yardstick's order."""
    for row in csv.DictReader(open(root / "yardstick.csv")):
        parts = row["program"].split("/")
        folder = parts.pop(0) if parts[0] == "micro" else "main"
        test = parts.pop(0)
        file = root / folder / f"{test}.json"
        labels = json.load(open(file))[test]["_info"]["labels"]
        index = next((k for k, label in labels.items() if [label] == parts), "0")
        yield row["program"], file, test, index, int(row["gas"]), int(row["instructions"])


def count(program, file, test, index, times):
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
             program, str(file), test, index, str(times)],
            capture_output=True, text=True, check=True)
        return int(re.search(r"Collected : (\d+)", run.stderr).group(1)), int(run.stdout)


def measure(program, case):
    name, file, test, index, gas, yardstick = case
    once, _ = count(program, file, test, index, 1)
    thrice, gas_used = count(program, file, test, index, 3)
    return name, (thrice - once) // 2, yardstick, gas_used, gas


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", default="", help="inputs whose name contains this")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    root = fixtures()
    if not root.is_dir():
        print(f"no fixtures at {root}: instruction counts skipped")
        return 1 if os.environ.get("CI") else 0
    cases = [case for case in inputs(root) if options.only in case[0]]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda case: measure(options.program, case), cases))

    missed = 0
    ratios = []
    print(f"{'input':32} {'instructions':>13} {'yardstick':>13} {'ratio':>6}")
    for name, instructions, yardstick, gas_used, gas in results:
        ratio = instructions / yardstick
        counts = not name.startswith("micro/")
        verdict = "" if not counts else "PASS" if ratio <= EACH_BAR else "MISS"
        if gas_used != gas:
            verdict = f"MISS: used {gas_used} gas instead of {gas}"
        if counts:
            ratios.append(ratio)
        missed += verdict.startswith("MISS")
        print(f"{name:32} {instructions:13,} {yardstick:13,} {ratio:6.3f} {verdict}", flush=True)
    if ratios:
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        verdict = "PASS" if mean <= MEAN_BAR else "MISS"
        missed += verdict == "MISS"
        print(f"{'geometric mean of main':32} {'':13} {'':13} {mean:6.3f} {verdict}")
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
