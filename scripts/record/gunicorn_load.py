"""Visitors of the shop: a fixed number of requests from a few threads. Usage: gunicorn_load.py PORT SERVER-PID

One worker is added and removed meanwhile (SIGTTIN, SIGTTOU), so that the gauge of workers moves. A worker that leaves
may reset the connections it has accepted; a visitor shrugs at that.
"""

import http.client
import os
import random
import signal
import sys
import threading
import time

VISITORS = 3
REQUESTS_EACH = 380
PATHS = ["/", "/slow", "/missing", "/old", "/flaky", "/broken"]
WEIGHTS = [60, 20, 8, 5, 6, 1]


MOST_RESETS = 10


def visit(port, seed, resets, failures):
    draw = random.Random(seed)
    for _ in range(REQUESTS_EACH):
        path = draw.choices(PATHS, weights=WEIGHTS)[0]
        number = draw.randrange(1000)
        pause = draw.expovariate(1 / 0.012)
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", f"{path}?{number}")
            connection.getresponse().read()
            connection.close()
        except ConnectionError as error:
            resets.append(error)
        except OSError as error:
            failures.append(error)
            return
        time.sleep(pause)


def main():
    port, server = int(sys.argv[1]), int(sys.argv[2])
    resets, failures = [], []
    visitors = [threading.Thread(target=visit, args=(port, seed, resets, failures)) for seed in range(1, VISITORS + 1)]
    for visitor in visitors:
        visitor.start()
    time.sleep(1.5)
    os.kill(server, signal.SIGTTIN)
    time.sleep(2)
    os.kill(server, signal.SIGTTOU)
    for visitor in visitors:
        visitor.join()
    if len(resets) > MOST_RESETS:
        failures.append(f"{len(resets)} connections were reset, the last by {resets[-1]}")
    if failures:
        sys.exit(f"a request failed: {failures[0]}")


main()
