#!/usr/bin/env python3
"""Asks Cairn what geth was asked (record_geth.py) about the same chain; every answer must be the same.

usage: replay_test.py CAIRN [ANSWERS.jsonl] [--show N]

The chain is execution-apis' in the fixtures. argued_differences.json beside this file names the requests whose answers differ, and why;
one of them that is the same is an error too.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import answers
import json_rpc

HERE = pathlib.Path(__file__).resolve().parent


def fixtures():
    """The folder of the chain; nothing where there are no fixtures, which only CI takes for an error."""
    root = pathlib.Path(os.environ.get("CAIRN_FIXTURES", HERE.parents[1].parent / "shared" / "fixtures"))
    chain = root / "execution-apis" / "tests"
    if chain.is_dir():
        return chain
    print(f"no fixtures at {root} (set CAIRN_FIXTURES): nothing to compare")
    sys.exit(1 if "CI" in os.environ else 0)


class Cairn(json_rpc.JsonRpc):
    def __init__(self, cairn, genesis, chain, folder):
        quiet = {"stdout": subprocess.DEVNULL, "check": True}
        subprocess.run([cairn, "init", "--genesis", genesis, "--datadir", folder], **quiet)
        subprocess.run([cairn, "import", chain, "--datadir", folder], stderr=subprocess.DEVNULL, **quiet)
        process = subprocess.Popen([cairn, "node", "--no-mining", "--datadir", folder, "--port", "0"],
                                   stdout=subprocess.PIPE, text=True)
        for text in process.stdout:
            if address := re.match(r"RPC +http://127.0.0.1:(\d+)", text):
                super().__init__(process, int(address[1]))
                return
        raise RuntimeError("cairn node did not start")


def first_difference(ours, theirs, path="result"):
    """The JSON path of the first difference, with both values; nothing where they are equal."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            if key not in ours or key not in theirs:
                return f"{path}.{key}: {'missing' if key not in ours else 'too many'}"
            if found := first_difference(ours[key], theirs[key], f"{path}.{key}"):
                return found
        return None
    if isinstance(ours, list) and isinstance(theirs, list):
        for index, (one, other) in enumerate(zip(ours, theirs)):
            if found := first_difference(one, other, f"{path}[{index}]"):
                return found
        return None if len(ours) == len(theirs) else f"{path}: {len(ours)} items, not {len(theirs)}"
    return None if ours == theirs else f"{path}: {ours!r:.100}, not {theirs!r:.100}"


def name_of(request):
    """The method, for traces with their tracer."""
    options = request["params"][1] if request["method"].startswith("debug_trace") else ""
    return f"{request['method']} {answers.canonical(options) if options != '' else ''}"


def argued():
    listed = json.loads((HERE / "argued_differences.json").read_text(encoding="utf-8"))
    return {answers.canonical([one["method"], one["params"]]) for one in listed}


def compare(node, lines, show):
    different = argued()
    right, wrong, shown = collections.Counter(), collections.Counter(), collections.Counter()
    for text in lines:
        wanted = json.loads(text)
        answer = node.ask(wanted["method"], wanted["params"])
        name = name_of(wanted)
        same = answers.line(wanted["method"], wanted["params"], answer) == text.strip()
        if same != (answers.canonical([wanted["method"], wanted["params"]]) in different):
            right[name] += 1
            continue
        wrong[name] += 1
        shown[name] += 1
        if shown[name] <= show:
            kept = answers.outcome(answer)
            theirs = {key: wanted[key] for key in ("result", "error", "sha256") if key in wanted}
            print(f"differs: {wanted['method']} {answers.canonical(wanted['params'])}: {first_difference(kept, theirs, 'answer')}")
    for name in sorted(right.keys() | wrong.keys()):
        print(f"{right[name]:5} same {wrong[name]:5} different  {name}")
    print(f"geth's answers: {right.total()} passed, {wrong.total()} failed, 0 skipped")
    return wrong.total() == 0 and right.total() > 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cairn")
    parser.add_argument("answers", nargs="?", default=HERE / "geth_answers.jsonl", type=pathlib.Path)
    parser.add_argument("--show", type=int, default=3, help="differences of each kind that are printed")
    given = parser.parse_args()
    chain = fixtures()
    with tempfile.TemporaryDirectory() as folder:
        node = Cairn(given.cairn, chain / "genesis.json", chain / "chain.rlp", folder)
        try:
            same = compare(node, given.answers.read_text(encoding="utf-8").splitlines(), given.show)
        finally:
            node.stop()
    sys.exit(0 if same else 1)


main()
