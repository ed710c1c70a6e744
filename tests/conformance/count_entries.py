#!/usr/bin/env python3
"""Counts the entries of Ethereum's test files without the project's own readers.

usage: count_entries.py FOLDER... [--tenth]

An entry is one element of a list under `post` (state tests), one fork under `result`
(TransactionTests), or one test with `exec` (VMTests) or `blocks` (BlockchainTests). --tenth counts the files alone that a run with
CAIRN_CONFORMANCE_TENTH takes: those whose name has an FNV-1a hash divisible by ten.
"""

import json
import pathlib
import sys


def fnv1a(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 % 2**32
    return value


def entries(test):
    if "exec" in test or "blocks" in test:
        return 1
    if "result" in test:
        return len(test["result"])
    return sum(len(variants) for variants in test["post"].values())


def count(folder, tenth):
    total = 0
    for path in sorted(pathlib.Path(folder).rglob("*.json")):
        if not tenth or fnv1a(path.name) % 10 == 0:
            total += sum(entries(test) for test in json.loads(path.read_text()).values())
    return total


def main(arguments):
    tenth = "--tenth" in arguments
    for folder in (a for a in arguments if a != "--tenth"):
        print(count(folder, tenth), folder)


if __name__ == "__main__":
    main(sys.argv[1:])
