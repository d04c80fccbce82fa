#!/usr/bin/env python3
"""Re-run cases and check them against case.json (standard library only; the programs themselves need torch).

    python3 verify.py [--set FOLDER] [--python /usr/bin/python3] [--static] [ID ...]

Without --static every program is run in an empty folder and its RESULT is compared with `baseline_value` and `success`,
and its log with the delivered one (time stamps and rates aside). Exit status 1 if anything differs.
"""
import argparse
import json
import math
import operator
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OPS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
DEFECTS = {"none", "vanishing", "exploding", "nonfinite", "dead-relu", "divergence", "spike", "plateau"}
CLOCK = re.compile(r"\d{4}-\d\d-\d\d|\d\d/\d\d|\d\d:\d\d:\d\d(?:[.,]\d+)?|elapsed time per iteration \(ms\): [\d.]+")


def finite(value):
    return isinstance(value, (int, float)) and math.isfinite(value)


def meets(value, success):
    return finite(value) and OPS[success["op"]](value, success["value"])


def result_of(text):
    for line in reversed(re.split(r"[\r\n]+", text)):
        if line.startswith("RESULT "):
            value = json.loads(line[len("RESULT "):])["value"]
            return value if finite(value) else None
    raise ValueError("no RESULT line")


def same(a, b):
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)


def static_problems(folder, case):
    found = []
    if case["id"] != folder.name:
        found.append("id is not the folder's name")
    if case["defect"] not in DEFECTS or case["healthy"] != (case["defect"] == "none"):
        found.append("defect and healthy disagree")
    log = folder / case["log"]["file"]
    if not log.is_file() or log.stat().st_size > 150_000:
        found.append("log missing or too large")
    for place in case["code_locations"]:
        lines = (folder / place.get("file", "train.py")).read_text().splitlines()
        if not 1 <= place["line"] <= len(lines) or not lines[place["line"] - 1].strip():
            found.append(f"no code at {place}")
    if {p["cause"] for p in case["code_locations"]} != set(case["causes"]):
        found.append("causes and code_locations disagree")
    if meets(case["baseline_value"], case["success"]) != case["healthy"]:
        found.append("baseline_value and success disagree")
    if not case["healthy"] and not case["remedies"]:
        found.append("no remedy")
    found += [f"remedy {r} does not repair" for r in case["remedies"] if not meets(case["verified"][r], case["success"])]
    found += [f"rejected {r} repairs" for r, v in case["rejected"].items() if meets(v, case["success"])]
    return found


def run(folder, case, python):
    env = dict(os.environ, OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    with tempfile.TemporaryDirectory() as work:
        for source in folder.glob("*.py"):
            shutil.copy(source, work)
        started = time.time()
        done = subprocess.run([python, "train.py"], cwd=work, env=env, capture_output=True, text=True, timeout=600)
        seconds = time.time() - started
        if done.returncode:
            return [f"exit status {done.returncode}: {done.stderr[-300:]}"], None, seconds
        found = []
        value = result_of(done.stdout)
        if not same(value, case["baseline_value"]):
            found.append(f"RESULT {value}, expected {case['baseline_value']}")
        log = done.stdout if case["log"]["stdout"] else (Path(work) / case["log"]["file"]).read_text()
        if CLOCK.sub("", log).splitlines() != CLOCK.sub("", (folder / case["log"]["file"]).read_text()).splitlines():
            found.append("log differs")
        return found, value, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--set", type=Path, default=Path(__file__).resolve().parent, help="folder with index.json and cases")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--static", action="store_true", help="no training")
    args = parser.parse_args()
    listed = [c["id"] for c in json.loads((args.set / "index.json").read_text())["cases"]]
    bad = 0
    for case_id in args.ids or listed:
        folder = args.set / "cases" / case_id
        case = json.loads((folder / "case.json").read_text())
        problems, note = static_problems(folder, case), ""
        if not args.static:
            found, value, seconds = run(folder, case, args.python)
            problems, note = problems + found, f"{value} in {seconds:.1f} s"
        bad += bool(problems)
        print(f"{'FAIL' if problems else 'ok  '} {case_id:26s} {case['defect']:10s} {note} {'; '.join(problems)}", flush=True)
    print(f"{bad} of {len(args.ids or listed)} cases with problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
