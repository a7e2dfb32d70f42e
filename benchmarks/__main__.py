"""``python -m benchmarks``: measure, print a table, write build/bench.json."""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.pairs import table
from benchmarks.subjects import SUBJECTS, lines

OUT = Path("build") / "bench.json"


def main() -> int:
    """Measure the chosen subjects on one core; 1 where one of them fails, goals missed are no failure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=SUBJECTS, help="measure this subject (may be repeated)")
    parser.add_argument("--out", type=Path, default=OUT, help="where the JSON goes")
    asked = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the children inherit it
    found, failed = [], []
    for name in asked.only or SUBJECTS:
        start = time.monotonic()
        try:
            found += lines(name)
        except subprocess.CalledProcessError as error:
            failed.append(name)
            print(f"{name}: {error}\n{error.stderr[-2000:]}", file=sys.stderr)
        except subprocess.TimeoutExpired as error:
            failed.append(name)
            print(f"{name}: {error}", file=sys.stderr)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps([asdict(line) for line in found], indent=2) + "\n", encoding="utf-8")
    print(table(found))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
