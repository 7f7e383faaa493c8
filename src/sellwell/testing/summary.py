"""The closing lines of `bin/test`: the time of each group against its budget, and one line with the counts."""

from __future__ import annotations

import argparse
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

# Minutes on two cores, and the words in a test's module that put it into the group; the first that fits.
GROUPS = {
    "browser": (5, ("browser",)),
    "concurrency and kills": (3, ("concurrency", "kills", "faults")),
    "registry": (3, ("architecture", "registry")),
    "rules and operations": (4, ("",)),
}


@dataclass
class Counts:
    """What came of the tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0.0))

    def add(self, report: Path) -> None:
        """Count the tests of one report in JUnit's format."""
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - written by our own pytest
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                self.failed += 1
            elif "skipped" in kinds:
                self.skipped += 1
            else:
                self.passed += 1
            module = case.get("classname", "")
            group = next(name for name, (_, words) in GROUPS.items() if any(word in module for word in words))
            self.seconds[group] += float(case.get("time", "0"))


def main() -> int:
    """Print the summary; 1 when something failed or nothing ran."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reports", type=Path)
    parser.add_argument("--durations", action="store_true")
    parser.add_argument("--browser", choices=["yes", "no"], default="yes")
    given = parser.parse_args()
    counts = Counts()
    for report in sorted(given.reports.glob("*.xml")):
        counts.add(report)
    if given.durations:
        for name, seconds in counts.seconds.items():
            minutes = seconds / 60 / (1 if name == "browser" else 2)  # the others share two processes
            print(f"{name}: {minutes:.1f} of {GROUPS[name][0]} minutes")
    label = "total" if given.browser == "yes" else "without-browser"
    print(f"{label}: {counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped")
    return 1 if counts.failed or not counts.passed else 0


if __name__ == "__main__":
    sys.exit(main())
