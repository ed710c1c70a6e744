"""Each rule of the structure check finds what it is for, and lets the like that is right pass."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import structure  # noqa: E402


class Project:
    """A small project in a folder of its own."""

    def __init__(self, test, files):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write({"src/CMakeLists.txt": "cairn_library(base)\ncairn_library(state USES base)\n", **files})

    def write(self, files):
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def findings(self, check):
        return [(f.path, f.line) for f in check(structure.Tree(self.root))]


class Arrows(unittest.TestCase):
    def test_an_include_of_a_higher_folder_is_found_with_its_line(self):
        project = Project(self, {"src/state/a.hpp": '#pragma once\n#include "chain/b.hpp"\n'})
        self.assertEqual(project.findings(structure.check_arrows), [("src/state/a.hpp", 2)])

    def test_lower_folders_and_the_own_one_pass_also_through_others(self):
        project = Project(self, {"src/chain/a.hpp": '#include "base/x.hpp"\n#include "chain/y.hpp"\n'})
        self.assertEqual(project.findings(structure.check_arrows), [])

    def test_an_include_without_its_folder_is_found(self):
        project = Project(self, {"src/state/a.cpp": '#include "a.hpp"\n', "src/state/a.hpp": ""})
        self.assertEqual(project.findings(structure.check_arrows), [("src/state/a.cpp", 1)])

    def test_the_table_has_no_ring(self):
        for folder in structure.LAYERS:
            for used in structure.LAYERS[folder]:
                self.assertNotIn(folder, structure.reach(used), f"{folder} <-> {used}")

    def test_a_link_line_upwards_is_found(self):
        project = Project(self, {"src/CMakeLists.txt": "cairn_library(base)\ncairn_library(evm USES types node LIBRARIES x)\n"})
        self.assertEqual(project.findings(structure.check_link_lines), [("src/CMakeLists.txt", 2)])


class DeadFiles(unittest.TestCase):
    def test_a_header_that_only_its_own_source_includes_is_found(self):
        project = Project(self, {"src/state/a.hpp": "", "src/state/a.cpp": '#include "state/a.hpp"\n'})
        self.assertEqual(project.findings(structure.check_dead_files), [("src/state/a.hpp", 1)])
        project.write({"tests/state/a_test.cpp": '#include "state/a.hpp"\n'})
        self.assertEqual(project.findings(structure.check_dead_files), [])

    def test_a_source_outside_of_the_build_is_found(self):
        project = Project(self, {"src/state/deep/a.cpp": "", "src/other/b.cpp": "", "src/state/c.cpp": ""})
        self.assertEqual(
            project.findings(structure.check_dead_files), [("src/other/b.cpp", 1), ("src/state/deep/a.cpp", 1)])


class HeavyHeaders(unittest.TestCase):
    def test_three_sources_may_and_no_header(self):
        heavy = "#include <boost/asio.hpp>\n"
        files = {f"src/api/{n}.cpp": heavy for n in "abcdefgi"}
        project = Project(self, {**files, "src/api/h.hpp": "\n" + heavy})
        self.assertEqual(project.findings(structure.check_heavy_headers), [("src/api/h.hpp", 2)])
        project.write({"src/api/z.cpp": heavy})
        self.assertIn(("src/api/z.cpp", 1), project.findings(structure.check_heavy_headers))


class Leftovers(unittest.TestCase):
    def found(self, text, path="src/state/a.cpp"):
        return bool(Project(self, {path: text + "\n"}).findings(structure.check_leftovers))

    def test_what_must_not_stay_is_found(self):
        for text in [
            "// TODO: later", "int a; // FIXME", "// return count;", "// foo(bar);", "// int_ = 3;", "// }",
            'std::cout << "here";', 'std::printf("x");', 'open("/' + 'home/someone/x");', "see registry." + "example.org",
            "<" * 7 + " HEAD", ">" * 7 + " branch", "// Co-authored-by: A", 'const p = "/' + 'work/x";',
        ]:
            self.assertTrue(self.found(text), text)

    def test_what_is_right_passes(self):
        for text in [
            "// Ends with a semicolon; then goes on.", "//   RlpWriter out;  an example of use",
            "// f(x) = x + 1 for every x", "std::snprintf(buffer, 4, format);", "a / work / b", "src/home/x",
            "// The caller may return it;", "/usr/include/boost",
        ]:
            self.assertFalse(self.found(text), text)

    def test_a_command_may_print(self):
        self.assertFalse(self.found('std::cout << "here";', "src/cli/version.cpp"))


class HeadersAlone(unittest.TestCase):
    def found(self, files):
        project = Project(self, files)
        cache = project.root / "build"
        return [f.path for f in structure.check_headers_alone(structure.Tree(project.root), cache, 2)]

    def test_a_header_that_leans_on_its_includer_is_found(self):
        self.assertEqual(self.found({"src/base/a.hpp": "#pragma once\nstd::size_t f();\n"}), ["src/base/a.hpp"])
        self.assertEqual(self.found({"src/base/a.hpp": "#pragma once\n#include <cstddef>\nstd::size_t f();\n"}), [])

    def test_a_change_of_an_included_header_is_seen(self):
        project = Project(self, {"src/base/a.hpp": '#include "base/b.hpp"\nB f();\n', "src/base/b.hpp": "struct B;\n"})
        check = lambda: [
            f.path for f in structure.check_headers_alone(structure.Tree(project.root), project.root / "build", 2)]
        self.assertEqual(check(), [])
        project.write({"src/base/b.hpp": "struct C;\n"})
        self.assertEqual(check(), ["src/base/a.hpp"])


class Length(unittest.TestCase):
    def test_a_file_of_more_than_600_lines_is_found(self):
        project = Project(self, {"src/base/a.cpp": "\n" * 601, "src/base/b.cpp": "\n" * 600})
        self.assertEqual([p for p, _ in project.findings(structure.check_length)], ["src/base/a.cpp"])


class OneDefinition(unittest.TestCase):
    def found(self, files):
        return Project(self, files).findings(structure.check_one_definition)

    def test_two_types_of_one_name_in_one_program_are_found(self):
        a, b = "namespace cairn::api {\nstruct A {\n};\n}  // namespace cairn::api\n", "namespace cairn::api {\nclass A : B {\n"
        self.assertEqual(self.found({"src/api/a.hpp": a, "src/api/b.hpp": b}), [("src/api/b.hpp", 2)])
        self.assertEqual(self.found({"src/api/a.hpp": a, "tests/api/b.cpp": b}), [("tests/api/b.cpp", 2)])
        self.assertEqual(self.found({"tests/api/a.cpp": a, "tests/api/b.cpp": b}), [("tests/api/b.cpp", 2)])

    def test_types_that_cannot_meet_pass(self):
        a = "namespace cairn::api {\nstruct A {\n};\ntemplate <>\nstruct A<int> {\n"
        for path, b in [
            ("src/api/b.hpp", "namespace cairn::api {\nstruct A;\nenum class A : int;\nstruct A::Impl {\n"),
            ("src/api/b.hpp", "namespace cairn::node {\nstruct A {\n"),
            ("src/api/b.hpp", "namespace cairn::api {\nnamespace {\nstruct A {\n"),
        ]:
            self.assertEqual(self.found({"src/api/a.hpp": a, path: b}), [], b)
        self.assertEqual(self.found({"tests/api/a.cpp": a, "tests/node/b.cpp": a}), [])


class Map(unittest.TestCase):
    def test_a_folder_that_is_missing_and_a_file_that_is_gone_are_found(self):
        project = Project(self, {"src/base/a.hpp": "", "ARCHITECTURE.md": "| `src/base` | `src/base/a.hpp` |\n"})
        self.assertEqual(project.findings(structure.check_map), [])
        project.write({"src/state/b.hpp": "", "ARCHITECTURE.md": "`src/base`\n`src/base/c.hpp`\n"})
        self.assertEqual(project.findings(structure.check_map), [("ARCHITECTURE.md", 1), ("ARCHITECTURE.md", 2)])


if __name__ == "__main__":
    unittest.main()
