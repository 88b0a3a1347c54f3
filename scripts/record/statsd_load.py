"""A small shop that measures itself with the PyPI client `statsd`. Usage: statsd_load.py PORT

Everything the client offers: counters up and down, sample rates, gauges as levels and as changes, timings by value and
by context, sets, and pipelines that pack several lines into a datagram.
"""

import random
import sys

import statsd
from schedule import Schedule

SECONDS = 6
STEPS_PER_SECOND = 230
PATHS = ["index", "search", "product", "cart", "checkout", "login", "image"]
SHARDS = ["users", "orders", "stock", "sessions"]


class Shop:
    def __init__(self, port):
        # Separate processes of a fleet have separate sockets.
        self.web = [statsd.StatsClient("127.0.0.1", port, prefix=f"shop.web{number}") for number in (1, 2)]
        self.jobs = statsd.StatsClient("127.0.0.1", port, prefix="shop.jobs")
        self.queue = 40
        self.steps = 0

    def step(self, draw):
        self.steps += 1
        kind = draw.random()
        if kind < 0.55:
            self.request(draw, draw.choice(self.web))
        elif kind < 0.75:
            self.query(draw, draw.choice(self.web))
        elif kind < 0.93:
            self.job(draw)
        else:
            self.batch(draw)
        if self.steps % 50 == 0:
            self.levels(draw)

    def request(self, draw, client):
        path = draw.choices(PATHS, weights=[9, 7, 12, 4, 2, 3, 20])[0]
        client.incr(f"requests.{path}")
        client.timing(f"latency.{path}", round(draw.lognormvariate(2.5, 0.8), 3))
        if path == "image":
            # Sampled at the client, as is usual for busy counters.
            client.incr("bytes.sent", draw.randrange(500, 200_000), rate=0.25)
        if path == "login":
            client.set("visitors", f"user{int(draw.paretovariate(0.7)) % 5000}")
        if draw.random() < 0.02:
            client.incr(f"errors.{draw.choice(['400', '404', '404', '500'])}")

    def query(self, draw, client):
        client.timing(f"sql.{draw.choice(SHARDS)}", draw.randrange(1, 40), rate=0.5)
        if draw.random() < 0.1:
            with client.timer("render"):
                sum(range(1000))

    def job(self, draw):
        if draw.random() < 0.5:
            added = draw.randrange(1, 6)
            self.queue += added
            self.jobs.gauge("queue.depth", added, delta=True)
        elif self.queue > 5:
            done = draw.randrange(1, 6)
            self.queue -= done
            self.jobs.gauge("queue.depth", -done, delta=True)
            self.jobs.decr("queue.promised", done)

    def batch(self, draw):
        with self.jobs.pipeline() as pipe:
            for _ in range(draw.randrange(4, 20)):
                shard = draw.choice(SHARDS)
                pipe.incr(f"rows.{shard}", draw.randrange(1, 100))
                pipe.timing(f"batch.{shard}", round(draw.expovariate(1 / 12), 3))
            pipe.gauge("workers.busy", draw.randrange(0, 8))

    def levels(self, draw):
        for number, client in enumerate(self.web, start=1):
            client.gauge("memory.bytes", 400_000_000 + draw.randrange(0, 90_000_000))
            client.gauge("load.average", round(draw.uniform(0.1, 4) * number, 2))
        self.jobs.gauge("queue.depth", self.queue)
        # A negative level: the client sends 0 and then the change, in one datagram.
        self.jobs.gauge("temperature", round(draw.uniform(-20, -5), 1))


def main():
    # The client draws its samples from the module's own generator.
    random.seed(8125)
    shop = Shop(int(sys.argv[1]))
    Schedule(seed=1, seconds=SECONDS, rate=STEPS_PER_SECOND).run(shop.step)


main()
