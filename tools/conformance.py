#!/usr/bin/env python3
"""Runs the suites that others wrote and writes docs/conformance.md from what they print.

usage: conformance.py BUILD [OUTPUT.md]

A suite's line is `NAME: N passed, N failed, N skipped`. Ends with code 1 when a case failed, was skipped, or a program did not
end well; the page is written all the same.
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINE = re.compile(r"^(?:\[ *\w+ *\] )?([\w./' +-]+): (\d+) passed, (\d+) failed, (\d+) skipped$", re.M)
# Of a folder of besu-rpc: how many cases and values, and how many of them are argued.
SHARE = re.compile(r"^(besu-rpc/[\w./-]+): (\d+) cases, \d+ as Besu, (\d+) argued; (\d+) values, (\d+) argued$", re.M)
# Programs of the build folder, and what they are asked for.
PROGRAMS = [
    ["tests/conformance_test"],
    ["tests/trace_test", "--gtest_filter=*Vectors*"],
    ["tests/api_test", "--gtest_filter=ExecutionApis*:*Besu*"],
]
SCRIPTS = [["tests/peers/replay_test.py", "cairn"]]
INTRODUCTION = """# What was checked against tests that others wrote

Made by `./x conformance` from one run over the test data beside the checkout; the digest names the data (SHA-256 over the names
and bytes of a suite's files, in the order of their names). Every entry of every file is run. Cases of execution-apis that it marks `speconly`
are compared by their keys and kinds of values here; `tests/clients/execution_apis.test.ts` holds every answer to the JSON Schema of its
method and these to the whole example, with its differences and their reasons. "geth's answers" are those of geth 1.17.6 about execution-apis' chain
(`./x test --peers`).

| suite | files | digest | passed | failed | skipped |
|---|---|---|---|---|---|
"""
DEVIATIONS = """
## Deviations

"""
BESU = """
## Differences from Besu's answers

Cases of besu-rpc pass when the answer is Besu's, or differs exactly as `tests/api/besu_rpc_differences.json` says, place by place.
At most 5 % of a folder's values may differ so; values are the strings, numbers, true, false and null of its answers, and what is empty in
them. Of `debug/trace-block` alone it is more: geth has storage in the rows of SLOAD and SSTORE alone, and its four cases trace the same block.

| folder | cases | argued | values | argued | share |
|---|---|---|---|---|---|
"""


def digest_of(folder):
    """Number of files, and the digest; nothing for what is no folder of the fixtures."""
    if not folder.is_dir():
        return None
    total = hashlib.sha256()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return len(files), total.hexdigest()[:12]


def run(command):
    print("==>", " ".join(command), file=sys.stderr)
    done = subprocess.run(command, capture_output=True, text=True)
    sys.stderr.write(done.stderr)
    return LINE.findall(done.stdout), SHARE.findall(done.stdout), done.returncode == 0


def rows_of(results, fixtures):
    for name, passed, failed, skipped in results:
        files, digest = digest_of(fixtures / name) or ("", "")
        yield f"| {name} | {files} | {digest} | {passed} | {failed} | {skipped} |\n"


def deviations():
    """Every argued difference of every list beside the tests."""
    lines = []
    for path in sorted(ROOT.glob("tests/**/argued_differences.json")):
        for one in json.loads(path.read_text(encoding="utf-8")):
            lines.append(f"- `{one['method']}` with `{json.dumps(one['params'])}`: {one['why']}\n")
    return lines or ["None.\n"]


def besu_shares(shares):
    for name, cases, argued_cases, values, argued in shares:
        share = 100 * int(argued) / int(values)
        yield f"| {name} | {cases} | {argued_cases} | {values} | {argued} | {share:.1f} % |\n"


def besu_differences():
    """The cases where Besu's recorded answer is not ours, by reason; every place stands in the list itself."""
    listed = json.loads((ROOT / "tests/api/besu_rpc_differences.json").read_text(encoding="utf-8"))
    places, cases = {}, {}
    for one in listed:
        places[one["source"]] = places.get(one["source"], 0) + 1
        cases.setdefault(one["source"], set()).add(one["case"].removeprefix("jsonrpc/"))
    for source, names in cases.items():
        names = ", ".join(f"`{name}`" for name in sorted(names))
        yield f"- {source} {places[source]} places, in {names}.\n"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    output = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / "conformance.md"
    fixtures = pathlib.Path(os.environ.get("CAIRN_FIXTURES", ROOT.parent / "shared" / "fixtures"))
    results, shares, good = [], [], True
    commands = [[str(build / program), *options] for program, *options in PROGRAMS]
    commands += [[sys.executable, str(ROOT / script), str(build / program)] for script, program in SCRIPTS]
    for command in commands:
        lines, besu, ended_well = run(command)
        if not lines:
            sys.exit(f"conformance: {command[0]} printed no suite's line")
        results += lines
        shares += besu
        good = good and ended_well
    page = INTRODUCTION + "".join(rows_of(results, fixtures)) + DEVIATIONS + "".join(deviations())
    page += BESU + "".join(besu_shares(shares)) + "\n" + "".join(besu_differences())
    output.write_text(page, encoding="utf-8")
    good = good and all(int(failed) + int(skipped) == 0 for _, _, failed, skipped in results)
    print(f"{output}: {len(results)} suites, {'all passed' if good else 'NOT all passed'}")
    sys.exit(0 if good else 1)


main()
