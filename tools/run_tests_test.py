"""The test runner counts what the tests report, and never takes a crash for a pass."""

import json
import os
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
import run_tests  # noqa: E402

GTEST = {
    "testsuites": [{"name": "S", "testsuite": [
        {"name": "a", "status": "RUN", "result": "COMPLETED"},
        {"name": "b", "status": "RUN", "result": "COMPLETED", "failures": [{}]},
        {"name": "c", "status": "RUN", "result": "SKIPPED"},
        {"name": "off", "status": "NOTRUN", "result": "SUPPRESSED"},
    ]}]
}
VITEST = {
    "numTotalTests": 3,
    "testResults": [
        {"status": "failed", "assertionResults": [
            {"status": "passed", "fullName": "a"}, {"status": "failed", "fullName": "b"},
            {"status": "pending", "fullName": "c"}]},
        {"status": "failed", "assertionResults": []},
    ],
}


class Counting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def count(self, report):
        path = Path(self.folder, "report.json")
        path.write_text(json.dumps(report), encoding="utf-8")
        return run_tests.count_report(path)

    def run_script(self, script):
        test = run_tests.Test({"name": "t", "command": ["bash", "-c", script]}, self.folder)
        outcome = run_tests.run(test)
        return outcome.passed, outcome.failed

    def test_cases_of_googletest_are_counted(self):
        self.assertEqual(self.count(GTEST), (1, 1, ["S.c"]))

    def test_cases_of_vitest_are_counted_and_a_file_that_does_not_load_is_a_failure(self):
        self.assertEqual(self.count(VITEST), (1, 2, ["c"]))

    def test_a_program_without_a_report_counts_as_one(self):
        self.assertEqual(self.run_script("true"), (1, 0))
        self.assertEqual(self.run_script("false"), (0, 1))

    def test_a_crash_after_the_report_is_a_failure(self):
        good = json.dumps({"testsuites": [{"name": "S", "testsuite": GTEST["testsuites"][0]["testsuite"][:1]}]})
        write = f"echo '{good}' > $CAIRN_TEST_REPORT"
        self.assertEqual(self.run_script(write), (1, 0))
        self.assertEqual(self.run_script(f"{write}; kill -SEGV $$"), (1, 1))

    def test_a_failure_is_kept_for_the_end_of_a_long_run(self):
        kept = Path(self.folder, "failures")
        test = run_tests.Test({"name": "t", "command": ["bash", "-c", "echo a.cpp:7: Failure; false"]}, self.folder)
        with mock.patch.dict(os.environ, CAIRN_FAILURES=str(kept)):
            run_tests.show(test, run_tests.run(test), threading.Lock())
        self.assertIn("t:\n  a.cpp:7: Failure\n", kept.read_text(encoding="utf-8"))

    def test_an_old_report_is_not_counted_again(self):
        Path(self.folder, "t.json").write_text(json.dumps(GTEST), encoding="utf-8")
        self.assertEqual(self.run_script("true"), (1, 0))

    def test_what_a_test_runs_does_not_count_for_us(self):
        counts = Path(self.folder, "counts")
        counts.touch()
        with mock.patch.dict(os.environ, CAIRN_STEP_COUNTS=str(counts)):
            self.run_script('[ -z "${CAIRN_STEP_COUNTS:-}" ] || echo "0 1" >> "$CAIRN_STEP_COUNTS"')
        self.assertEqual(counts.read_text(encoding="utf-8"), "")


if __name__ == "__main__":
    unittest.main()
