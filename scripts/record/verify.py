"""Whether a recording is fit to be shipped. Usage: verify.py INSPECTION SINK

The inspection is what `statsreplay inspect --json` printed; the sink's file holds how many datagrams arrived.
"""

import json
import sys


def main():
    with open(sys.argv[1]) as file:
        found = json.load(file)
    with open(sys.argv[2]) as file:
        arrived = int(file.read())
    problems = list(found["problems"]) if not found["fit"] else []
    if found["datagrams"] != arrived:
        problems.append(f"captured {found['datagrams']} datagrams, {arrived} arrived")
    if found["events_total"] < 2000:
        problems.append(f"{found['events_total']} events are too few")
    if found["malformed_lines"]["total"]:
        problems.append(f"malformed lines: {found['malformed_lines']}")
    for problem in problems:
        print(f"not fit: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
