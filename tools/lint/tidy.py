#!/usr/bin/env python3
"""Runs clang-tidy-19 over src/*.cpp, without precompiled headers, several files at once.

A file that passed is not checked again until one of its inputs changes: the source, any header it
reaches, .clang-tidy, its compile command or clang-tidy itself.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
CACHE = ROOT / "build/lint/tidy"

# What decides what a source means. Warnings and optimisation are the compilers' work in the build.
FOR_CLANG = re.compile(r"(?<!\S)(?:-isystem ?\S+|-[IDm]\S+|-std=\S+)")


def commands():
    """Source path -> compile command for clang, of every source of src/."""
    found = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(entry["file"])
        if path.suffix != ".cpp" or not path.is_relative_to(ROOT / "src"):
            continue
        words = shlex.split(entry["command"])
        while "-include" in words:  # the precompiled header
            at = words.index("-include")
            del words[at : at + 2]
        compiler = next(i for i, word in enumerate(words) if word.endswith("++"))
        flags = FOR_CLANG.findall(" ".join(words[compiler + 1 : words.index("-o")]))
        # clang's limit on work at compile time, as in the build with clang.
        found[str(path)] = ["clang++-19", "-fconstexpr-steps=100000000", *" ".join(flags).split()]
    return found


@functools.lru_cache(maxsize=None)
def file_hash(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def key(path, command, tool):
    listing = subprocess.run(
        [*command, "-M", path], cwd=BUILD, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        return None
    inputs = sorted(set(listing.stdout.replace("\\\n", " ").split(":", 1)[1].split()))
    digest = hashlib.sha256(" ".join([tool, *command]).encode())
    for name in [str(ROOT / ".clang-tidy"), *inputs]:
        digest.update(file_hash(os.path.join(BUILD, name)).encode())
    return digest.hexdigest()


def check(path, command, tool, database):
    """The findings of one source, '' where there are none."""
    name = key(path, command, tool)
    if name and (CACHE / name).exists():
        return ""
    done = subprocess.run(
        ["clang-tidy-19", "--quiet", "-p", str(database), path],
        capture_output=True, text=True, check=False)
    if done.returncode == 0 and name:
        (CACHE / name).touch()
    return "" if done.returncode == 0 else done.stdout or done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", help="only these")
    arguments = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    tool = subprocess.run(["clang-tidy-19", "--version"], capture_output=True, text=True, check=True).stdout

    sources = commands()
    (CACHE / "compile_commands.json").write_text(json.dumps([
        {"directory": str(BUILD), "file": path, "arguments": [*command, path]}
        for path, command in sources.items()]), encoding="utf-8")
    if arguments.files:
        sources = {str(Path(f).resolve()): sources[str(Path(f).resolve())] for f in arguments.files}

    lock, shown, done = threading.Lock(), set(), 0

    def check_and_show(item):
        nonlocal done
        words = check(*item, tool, CACHE)
        with lock:
            done += 1
            if done % 40 == 0 or done == len(sources):
                print(f"  {done}/{len(sources)} files", file=sys.stderr)
            # A finding in a header comes from every source that includes it: say it once.
            for finding in words.replace(str(ROOT) + "/", "").split("\n\n"):
                if finding not in shown:
                    shown.add(finding)
                    print(finding, end="")
        return bool(words)

    # The slowest are the largest: first in, so that no core waits for one at the end.
    ordered = sorted(sources.items(), key=lambda i: -Path(i[0]).stat().st_size)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        failed = sum(pool.map(check_and_show, ordered))
    if failed:
        print(f"clang-tidy: {failed} of {len(sources)} files have findings", file=sys.stderr)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
