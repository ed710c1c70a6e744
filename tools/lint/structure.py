#!/usr/bin/env python3
"""Structure check: arrows between folders, headers that stand alone, dead files, leftovers.

Every finding is one line: file, line, what is wrong, and what to do about it.
"""

import argparse
import concurrent.futures
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Which folders of src/ a folder builds upon, lowest first; it also sees what those see.
LAYERS = {
    "base": [],
    "contracts": ["base"],  # generated from contracts/*.sol, beside src/
    "crypto": ["base"],
    "codec": ["base"],
    "types": ["crypto", "codec"],
    "store": ["base"],
    "state": ["types", "store"],
    "evm": ["types"],
    "execution": ["evm", "state"],
    "trace": ["execution"],
    "chain": ["execution", "contracts"],
    "spec": ["chain"],
    "txpool": ["chain"],
    "consensus": ["types"],
    "p2p": ["codec", "crypto"],
    "node": ["spec", "txpool", "trace", "consensus", "p2p"],
    "nodelog": ["node"],
    "api": ["nodelog"],
    "index": ["node"],
    "ops": ["node"],
    "cli": ["api", "index", "ops"],
}

MAX_LINES = 600
HEAVY = re.compile(r'#\s*include\s*<boost/(asio|beast)[/.]')
MAX_HEAVY_FILES = 8
HEAVY_HEADERS = ("src/api/io_threads.hpp", "src/api/stream.hpp")  # for the sources of their own folder
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)

CPP = (".cpp", ".hpp", ".h", ".cc")
SCRIPTS = (".py", ".sh", ".mjs", ".ts", ".js")
OWN_WORDS = ("tools/lint/structure.py", "tools/lint/structure_test.py")  # they name what they look for

CODE_COMMENT = re.compile(
    # Code further in than one space is an example of use.
    r"^\s*// ?(?:(?:return|if|for|while|auto|const|else|std::|#include|co_)\b.*[;{]"
    r"|[\w:.>\-\[\]]+(?:\(.*\))?\s*(?:[+\-|&^]?=\s*[^=].*)?;|[{}]|\w[\w:]*\(.*\)\s*\{)\s*$"
)
LEFTOVERS = [
    # (file suffixes or None for all, pattern, what, remedy)
    (None, re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b"), "a note of unfinished work", "finish it or drop the note"),
    (None, re.compile(r"^(?:<{7}|>{7}) \S"), "a merge that is not finished", "choose what stays"),
    (CPP, CODE_COMMENT, "commented-out code", "delete it, git keeps it"),
    (None, re.compile(r"(?<![\w.$}/-])/(?:work|home|root|Users|mnt)/\w"), "a path of one machine", "make it relative or an option"),
    (None, re.compile(r"\bregistry\.[a-z0-9-]+\.[a-z]{2,}|artifactregistry|\.pkg\.dev\b|\"resolved\":"), "the host of a package registry", "leave it to the machine's configuration"),
    (None, re.compile(r"(?i)co-authored-by|@author\b|\bgenerated (?:by|with) (?:an? )?(?:ai|llm|claude|chatgpt|copilot|gpt)|\b(?:claude|chatgpt|copilot|openai|anthropic)\b"), "words about who or what wrote it", "delete them"),
]
DEBUG_PRINT = re.compile(r"\bstd::(?:cout|cerr|clog)\b|(?<![\w:.])(?:std::)?f?printf\s*\(|\bstd::print(?:ln)?\s*\(")
DEBUG_EXEMPT = ("src/cli/",)  # a command's output is its work


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    what: str
    remedy: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.what}; {self.remedy}"


class Tree:
    """The project's own files: what git tracks or would track."""

    def __init__(self, root):
        self.root = Path(root)
        listing = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"],
            cwd=root, capture_output=True, text=True, check=True,
        ).stdout
        self.paths = sorted(p for p in set(listing.split("\0")) if p and (self.root / p).is_file())
        self._texts = {}

    def text(self, path):
        if path not in self._texts:
            try:
                self._texts[path] = (self.root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self._texts[path] = ""
        return self._texts[path]

    def select(self, folder, *suffixes):
        return [p for p in self.paths if p.startswith(folder + "/") and p.endswith(suffixes)]

    def includes(self, path):
        """(line, included path) of every quoted include."""
        text = self.text(path)
        return [(text.count("\n", 0, m.start(1)) + 1, m.group(1)) for m in INCLUDE.finditer(text)]


def reach(folder, layers=None):
    """The folder and all that it may include."""
    layers = LAYERS if layers is None else layers
    seen, todo = set(), [folder]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += layers.get(name, [])
    return seen


def check_arrows(tree):
    for path in tree.select("src", ".cpp", ".hpp"):
        folder = path.split("/")[1]
        if folder not in LAYERS:
            yield Finding(path, 1, f"src/{folder} is not in the table of layers",
                          "add it to LAYERS in tools/lint/structure.py and to ARCHITECTURE.md")
            continue
        for line, included in tree.includes(path):
            target = included.split("/")[0]
            generated = "/" not in included and f"src/{folder}/{included}" not in tree.paths
            if generated:  # by the build, for this folder alone
                continue
            if "/" not in included or target not in LAYERS:
                yield Finding(path, line, f'"{included}" does not begin with a folder of src/',
                              'write "folder/file.hpp"')
            elif target not in reach(folder):
                yield Finding(path, line, f"{folder} may not include {target}",
                              f"move the code up, or let {folder} state what it needs as an interface")


def check_link_lines(tree):
    """The link lines of src/CMakeLists.txt draw no arrow that the table has not."""
    path = "src/CMakeLists.txt"
    if path not in tree.paths:
        return
    for number, line in enumerate(tree.text(path).splitlines(), 1):
        match = re.match(r"cairn_library\((\w+)(?:.*?\bUSES ([\w ]+?))?(?: LIBRARIES .*)?\)", line)
        if not match:
            continue
        for used in (match.group(2) or "").split():
            if used not in reach(match.group(1)):
                yield Finding(path, number, f"{match.group(1)} may not use {used}",
                              "drop the link, or change the table of layers with a reason")


def check_dead_files(tree):
    sources = [p for p in tree.paths if p.endswith(CPP)]
    included = {}
    for path in sources:
        for _, target in tree.includes(path):
            included.setdefault(target, set()).add(path)
    for path in tree.select("src", ".hpp"):
        own = path[:-4] + ".cpp"
        if not included.get(path[len("src/"):], set()) - {own}:
            yield Finding(path, 1, "no other file includes this header", "use it or delete it")
    for path in tree.select("tests", ".hpp"):
        if not any(Path(t).name == Path(path).name for t in included):
            yield Finding(path, 1, "no file includes this header", "use it or delete it")
    libraries = set(re.findall(r"cairn_library\((\w+)", tree.text("src/CMakeLists.txt"))) if "src/CMakeLists.txt" in tree.paths else set()
    for path in tree.select("src", ".cpp"):
        parts = path.split("/")
        main = path == "src/cli/main.cpp"
        if len(parts) != 3 or (parts[1] not in libraries and not main):
            yield Finding(path, 1, "this source is not part of the build",
                          "src/<folder>/<file>.cpp with a cairn_library line in src/CMakeLists.txt is")


def check_heavy_headers(tree):
    users = []
    for path in tree.select("src", ".cpp", ".hpp"):
        match = HEAVY.search(tree.text(path))
        if not match:
            continue
        line = tree.text(path).count("\n", 0, match.start()) + 1
        if path in HEAVY_HEADERS:
            continue
        if path.endswith(".hpp"):
            yield Finding(path, line, "a header includes Asio or Beast",
                          "forward-declare, and include them in the .cpp")
        else:
            users.append((path, line))
    for path, line in users[MAX_HEAVY_FILES:]:
        yield Finding(path, line, f"more than {MAX_HEAVY_FILES} sources include Asio or Beast ({users[0][0]} ...)",
                      "go through one of those files")


def check_leftovers(tree):
    for path in tree.paths:
        if path in OWN_WORDS or path.endswith((".txt.gz", ".png")) or path == "LICENSE":
            continue
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            for suffixes, pattern, what, remedy in LEFTOVERS:
                if (suffixes is None or path.endswith(suffixes)) and pattern.search(line):
                    yield Finding(path, number, what, remedy)
            if path.startswith("src/") and not path.startswith(DEBUG_EXEMPT) and DEBUG_PRINT.search(line):
                yield Finding(path, number, "a debug print", "log through base, or delete it")


NAMESPACE = re.compile(r"^namespace ?([\w:]*) \{")
DEFINITION = re.compile(r"^(?:struct|class|union|enum(?: class)?) (\w+)(?: final)?(?: \{| :(?!.*;$)|$)")


def definitions(text):
    """(line, qualified name) of the types that other files can collide with."""
    spaces = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := NAMESPACE.match(line):
            spaces.append(match.group(1))
        elif line.startswith("}  // namespace") and spaces:
            spaces.pop()
        elif (match := DEFINITION.match(line)) and "" not in spaces:
            yield number, "::".join([*spaces, match.group(1)])


def check_one_definition(tree):
    """No compiler sees it when two files of one program give a name to two types (C++ [basic.def.odr])."""
    first = {}
    # A test's program holds src/ and its own folder.
    for path in tree.select("src", *CPP) + tree.select("tests", *CPP):
        folder, part = path.split("/")[:2]
        for line, name in definitions(tree.text(path)):
            own = first.setdefault((name, "src" if folder == "src" else part), path)
            other = first.get((name, "src"), own) if own == path else own
            if other != path:
                yield Finding(path, line, f"{name} is also a type of {other}", "give it a name of its own")


def check_length(tree):
    for path in tree.select("src", *CPP):
        lines = tree.text(path).count("\n")
        if lines > MAX_LINES:
            yield Finding(path, MAX_LINES, f"{lines} lines in one file",
                          f"split it by idea: at most {MAX_LINES} lines")


def check_map(tree):
    """ARCHITECTURE.md names every folder of src/, and only files that exist."""
    path = "ARCHITECTURE.md"
    if path not in tree.paths:
        return
    text = tree.text(path)
    for folder in sorted({p.split("/")[1] for p in tree.select("src", *CPP)}):
        if f"`src/{folder}`" not in text:
            yield Finding(path, 1, f"src/{folder} is not in the table of folders",
                          "add a sentence and the first file to open")
    for match in re.finditer(r"`((?:src|contracts|tests|bench|fuzz|cmake|tools|docs)/[\w./]+)`", text):
        if not (tree.root / match.group(1)).exists():
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(path, line, f"{match.group(1)} does not exist", "name what is there now")


# --- headers that stand alone -------------------------------------------------------------------


def header_key(tree, path, seen=None):
    """Hash of a header and of every header of the project that it reaches."""
    digest = hashlib.sha256()
    todo, seen = [path], set()
    while todo:
        current = todo.pop()
        if current in seen or current not in tree.paths:
            continue
        seen.add(current)
        todo += ["src/" + t for _, t in tree.includes(current)]
    for current in sorted(seen):
        digest.update(current.encode() + b"\0" + tree.text(current).encode() + b"\0")
    return digest.hexdigest()


# Headers of libraries that are not Debian's.
BROUGHT = {"crypto": "node_modules/c-kzg/deps/blst/bindings"}


def compile_alone(tree, path, include_root, folders):
    command = ["g++", "-std=c++23", "-fsyntax-only", "-x", "c++", "-"]
    for folder in folders:
        command += ["-I", str(include_root / folder)]
        if folder in BROUGHT:
            command += ["-isystem", str(tree.root / BROUGHT[folder])]
    name = path[len("src/"):]
    return subprocess.run(
        command, input=f'#include "{name}"\n', cwd=tree.root, capture_output=True, text=True, check=False
    ).stderr


def link_include_folders(tree, root):
    """ROOT/<folder>/<folder> -> src/<folder>, so that a header sees only what its layer may see."""
    for folder in LAYERS:
        source = tree.root / ("contracts" if folder == "contracts" else f"src/{folder}")
        link = root / folder / folder
        link.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir() and not link.is_symlink():
            link.symlink_to(source)


def check_headers_alone(tree, cache, jobs):
    cache = Path(cache)
    link_include_folders(tree, cache / "inc")
    passed = cache / "headers"
    passed.mkdir(parents=True, exist_ok=True)
    pending = []
    for path in tree.select("src", ".hpp"):
        key = passed / header_key(tree, path)
        if path.split("/")[1] in LAYERS and not key.exists():
            pending.append((path, key))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        errors = pool.map(
            lambda p: compile_alone(tree, p[0], cache / "inc", sorted(reach(p[0].split("/")[1]))), pending
        )
        for (path, key), error in zip(pending, errors):
            if not error:
                key.touch()
                continue
            match = re.search(r"^(\S+?):(\d+):\d+: (?:fatal )?error: (.*)$", error, re.MULTILINE)
            where = f"{match.group(1)}:{match.group(2)}: {match.group(3)}" if match else error.splitlines()[0]
            yield Finding(path, 1, f"this header does not compile alone ({where})",
                          "include what it uses, or declare it forward")


CHECKS = [
    check_arrows, check_link_lines, check_dead_files, check_heavy_headers, check_leftovers, check_length,
    check_map, check_one_definition,
]


def findings(root, cache=None, jobs=2):
    tree = Tree(root)
    found = [f for check in CHECKS for f in check(tree)]
    if cache:
        found += check_headers_alone(tree, cache, jobs)
    return sorted(set(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2])
    arguments = parser.parse_args()
    cache = Path(arguments.root) / "build" / "lint"
    found = findings(arguments.root, cache, os.cpu_count())
    for finding in found:
        print(finding)
    if found:
        print(f"structure: {len(found)} findings", file=sys.stderr)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
