"""The build itself keeps the layers: a source cannot include a folder above its own.

Each folder's real compile command is taken from the build, with another source put in its place.
"""

import json
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/lint"))
import structure  # noqa: E402

BUILD = Path(sys.argv.pop()) if len(sys.argv) > 1 else ROOT / "build/release"


def compile_commands():
    """One compile command a folder of src/, without its source and output."""
    commands = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8")):
        path = Path(entry["file"])
        if path.suffix == ".cpp" and path.is_relative_to(ROOT / "src"):
            words = shlex.split(entry["command"])
            while "-include" in words:  # a precompiled header would hide what is missing
                at = words.index("-include")
                del words[at : at + 2]
            compiler = next(i for i, w in enumerate(words) if "++" in w)
            commands[path.relative_to(ROOT / "src").parts[0]] = words[compiler : words.index("-o")]
    return commands


class ForbiddenInclude(unittest.TestCase):
    commands = compile_commands()
    headers = [str(p.relative_to(ROOT / "src")) for p in sorted((ROOT / "src").glob("*/*.hpp"))]

    def compiles(self, folder, text):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
            source.write(text)
            source.flush()
            done = subprocess.run(
                [*self.commands[folder], "-fsyntax-only", source.name],
                cwd=BUILD, capture_output=True, text=True, check=False)
        return done.returncode == 0, done.stderr

    def forbidden(self, folder):
        return [h for h in self.headers if h.split("/")[0] not in structure.reach(folder)]

    def test_the_build_has_commands_to_look_at(self):
        self.assertIn("base", self.commands)
        self.assertGreater(len(self.commands), 3)

    def test_a_forbidden_include_does_not_compile(self):
        for folder in self.commands:
            if not self.forbidden(folder):
                continue
            header = self.forbidden(folder)[0]
            with self.subTest(f"{folder} includes {header}"):
                compiled, words = self.compiles(folder, f'#include "{header}"\n')
                self.assertFalse(compiled)
                self.assertIn("No such file", words)

    def test_no_header_of_a_higher_folder_can_be_reached(self):
        for folder in self.commands:
            with self.subTest(folder):
                lines = [f'#if __has_include("{h}")\n#error {h}\n#endif\n' for h in self.forbidden(folder)]
                self.assertEqual(self.compiles(folder, "".join(lines)), (True, ""))

    def test_an_allowed_include_compiles(self):
        for folder in self.commands:
            header = next((h for h in self.headers if h.startswith(folder + "/")), None)
            with self.subTest(folder):
                if header:
                    self.assertEqual(self.compiles(folder, f'#include "{header}"\n'), (True, ""))


if __name__ == "__main__":
    unittest.main()
