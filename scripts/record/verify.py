"""Whether a recording is fit to be shipped. Usage: verify.py SUMMARY SINK INSPECTION

The summary is what `statsreplay capture --json` printed, the inspection what `statsreplay inspect --json` did; the
sink's file holds how many datagrams arrived.
"""

import json
import sys


def main():
    with open(sys.argv[1]) as file:
        summary = json.load(file)
    with open(sys.argv[2]) as file:
        arrived = int(file.read())
    with open(sys.argv[3]) as file:
        found = json.load(file)
    problems = list(found["problems"]) if not found["fit"] else []
    if found["datagrams"] != arrived:
        problems.append(f"captured {found['datagrams']} datagrams, {arrived} arrived")
    if summary["events_total"] != found["events_total"]:
        problems.append(f"while capturing {summary['events_total']} events were seen, {found['events_total']} now")
    for place, drops in summary["dropped"].items():
        if drops:
            problems.append(f"the {place} dropped {drops} packets")
    if found["events_total"] < 2000:
        problems.append(f"{found['events_total']} events are too few")
    if found["malformed_lines"]["total"]:
        problems.append(f"malformed lines: {found['malformed_lines']}")
    for problem in problems:
        print(f"not fit: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
