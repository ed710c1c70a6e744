#!/usr/bin/env python3
"""Runs the tests that CTest lists in a build folder and counts their cases.

A test that leaves a report (GoogleTest's or vitest's JSON, at the path in GTEST_OUTPUT or
CAIRN_TEST_REPORT) counts with its cases, any other as one. Tests run beside each other, each alone in
its process; a test with the property RUN_SERIAL runs by itself at the end.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import threading
import time


class Test:
    def __init__(self, entry, reports):
        self.name = entry["name"]
        self.command = entry.get("command")
        properties = {p["name"]: p["value"] for p in entry.get("properties", [])}
        self.labels = properties.get("LABELS", [])
        self.serial = properties.get("RUN_SERIAL", False)
        self.folder = properties.get("WORKING_DIRECTORY")
        self.timeout = float(properties.get("TIMEOUT", 1800))
        self.environment = dict(e.split("=", 1) for e in properties.get("ENVIRONMENT", []))
        self.report = os.path.join(reports, self.name + ".json")
        self.log = os.path.join(reports, self.name + ".log")


class Outcome:
    def __init__(self, passed, failed, skipped, seconds):
        self.passed, self.failed, self.skipped, self.seconds = passed, failed, skipped, seconds


def list_tests(build):
    listing = subprocess.run(
        ["ctest", "--test-dir", build, "--show-only=json-v1"], capture_output=True, text=True
    )
    if listing.returncode != 0:
        sys.exit(f"run_tests: ctest cannot list the tests of {build}:\n{listing.stderr}")
    reports = os.path.join(os.path.abspath(build), "reports")
    os.makedirs(reports, exist_ok=True)
    return [Test(entry, reports) for entry in json.loads(listing.stdout)["tests"]]


def count_report(path):
    """Passed, failed and the names of skipped cases, or None where the test left no report."""
    try:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
    except (OSError, ValueError):
        return None
    if "numTotalTests" in report:  # vitest
        cases = [c for f in report["testResults"] for c in f["assertionResults"]]
        passed = sum(c["status"] == "passed" for c in cases)
        skipped = [c["fullName"] for c in cases if c["status"] in ("skipped", "pending", "todo")]
        # A file that fails to load has no cases of its own.
        broken = sum(f["status"] == "failed" and not f["assertionResults"] for f in report["testResults"])
        return passed, len(cases) - passed - len(skipped) + broken, skipped
    cases = [(s["name"], c) for s in report["testsuites"] for c in s["testsuite"]]
    ran = [(s, c) for s, c in cases if c["status"] == "RUN"]
    skipped = [f"{s}.{c['name']}" for s, c in ran if c["result"] == "SKIPPED"]
    failed = sum("failures" in c for _, c in ran)
    return len(ran) - failed - len(skipped), failed, skipped


def run(test):
    if os.path.exists(test.report):
        os.remove(test.report)
    environment = dict(
        os.environ, **test.environment, GTEST_OUTPUT="json:" + test.report, CAIRN_TEST_REPORT=test.report
    )
    environment.pop("CAIRN_STEP_COUNTS", None)  # this program's counts, not those of what it runs
    started = time.monotonic()
    with open(test.log, "w", encoding="utf-8") as log:
        try:
            status = subprocess.run(
                test.command, cwd=test.folder, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, timeout=test.timeout, check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            log.write(f"\nrun_tests: ended after {test.timeout:.0f} s\n")
            status = "timeout"
        except OSError as error:
            log.write(f"\nrun_tests: {error}\n")
            status = "not started"
    passed, failed, skipped = count_report(test.report) or (int(status == 0), int(status != 0), [])
    if status != 0 and failed == 0:  # crashed, or failed outside of its cases
        failed = 1
    return Outcome(passed, failed, skipped, time.monotonic() - started)


def keep_failure(test, lines):
    """For the end of a long run: what failed, where somebody who sees only the end can read it."""
    kept = os.environ.get("CAIRN_FAILURES")
    if kept:
        told = [l for l in lines if re.search(r"FAILED|Failure|ERROR|FAIL ", l)]
        with open(kept, "a", encoding="utf-8") as file:
            file.write("\n".join([f"{test.name}:"] + ["  " + l[:300] for l in told[:30] + lines[-25:]]) + "\n")


def show(test, outcome, lock):
    with lock:
        line = f"{outcome.seconds:7.1f} s  {test.name}: {outcome.passed} passed"
        if outcome.failed:
            line += f", {outcome.failed} FAILED"
        print(line, flush=True)
        with open(test.log, encoding="utf-8", errors="replace") as log:
            text = log.read()
        for name in outcome.skipped:
            print(f"           skipped {name}")
        if outcome.skipped:
            reasons = re.findall(r"^.*[Ss]kip.*$", text, re.MULTILINE)
            print("\n".join(f"           {r.strip()}" for r in reasons[:5]))
        if outcome.failed:
            lines = text.splitlines()
            keep_failure(test, lines)
            print("\n".join("           | " + l for l in lines[-60:]))
            print(f"           all of it: {test.log}", flush=True)


def run_all(tests, jobs):
    lock = threading.Lock()

    def run_and_show(test):
        outcome = run(test)
        show(test, outcome, lock)
        return outcome

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        outcomes = list(pool.map(run_and_show, [t for t in tests if not t.serial]))
    return outcomes + [run_and_show(t) for t in tests if t.serial]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", help="build folder, such as build/release")
    parser.add_argument("--only", default="", help="regular expression of test names")
    parser.add_argument("--except", dest="without", help="regular expression of test names")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    tests = [t for t in list_tests(arguments.build) if re.search(arguments.only, t.name)]
    if arguments.without:
        tests = [t for t in tests if not re.search(arguments.without, t.name)]
    if not tests:
        sys.exit(f"run_tests: no test of {arguments.build} is named like '{arguments.only}'")
    outcomes = run_all(tests, arguments.jobs)
    passed = sum(o.passed for o in outcomes)
    failed = sum(o.failed for o in outcomes)
    skipped = [name for o in outcomes for name in o.skipped]
    if skipped and os.environ.get("CI"):
        print(f"{len(skipped)} skipped, which CI counts as failed: {', '.join(skipped)}")
        failed += len(skipped)
    counts = os.environ.get("CAIRN_STEP_COUNTS")
    if counts:
        with open(counts, "a", encoding="utf-8") as file:
            file.write(f"{passed} {failed}\n")
    else:
        print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
