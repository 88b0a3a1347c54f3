"""A delivery service that measures itself with the PyPI client `datadog`. Usage: dogstatsd_load.py PORT

All of DogStatsD that the client can say: every type, tags, sample rates, timestamps, events, service checks, container,
external data and cardinality; one datagram a line, buffered, and buffered with aggregation.
"""

import os
import random
import sys

from datadog.dogstatsd.base import DogStatsd
from schedule import Schedule

SECONDS = 6
STEPS_PER_SECOND = 240
CITIES = ["rome", "oslo", "lima", "köln"]
CARRIERS = ["bike", "van", "drone"]
EPOCH = 1_700_000_000


def client(port, **options):
    # Telemetry stays on, the client's default, but once a second instead of every ten, so that the recording contains some.
    return DogStatsd(
        host="127.0.0.1", port=port, telemetry_min_flush_interval=1, origin_detection_enabled=False, **options
    )


class Delivery:
    def __init__(self, port):
        self.plain = client(port, namespace="delivery", constant_tags=["env:prod"])
        self.buffered = client(port, disable_buffering=False, flush_interval=0.2, constant_tags=["env:prod", "team:fleet"])
        os.environ["DD_EXTERNAL_ENV"] = "it-false,cn-courier,pu-75a2b6d5"
        self.contained = DogStatsd(
            host="127.0.0.1", port=port, container_id="ci-4f1d6e3a9b0c", cardinality="low", disable_telemetry=True
        )
        del os.environ["DD_EXTERNAL_ENV"]
        self.aggregated = client(port, disable_aggregation=False, disable_buffering=False, flush_interval=0.2)
        self.steps = 0

    def step(self, draw):
        self.steps += 1
        kind = draw.random()
        if kind < 0.35:
            self.order(draw)
        elif kind < 0.8:
            self.track(draw)
        else:
            self.inside_container(draw)
        if self.steps % 25 == 0:
            self.check(draw)
        if self.steps % 60 == 0:
            self.announce(draw)

    def order(self, draw):
        tags = [f"city:{draw.choice(CITIES)}", f"carrier:{draw.choice(CARRIERS)}"]
        self.plain.increment("orders", tags=tags)
        self.plain.distribution("order.value", round(draw.lognormvariate(3, 0.6), 2), tags=tags)
        self.plain.set("customers", f"customer-{int(draw.paretovariate(0.6)) % 3000}", tags=tags[:1])
        if draw.random() < 0.2:
            self.plain.decrement("stock", draw.randrange(1, 4), tags=tags[:1])

    def track(self, draw):
        tags = [f"carrier:{draw.choice(CARRIERS)}", f"vehicle:{draw.randrange(40)}"]
        self.buffered.gauge("fleet.speed", round(draw.uniform(0, 60), 1), tags=tags)
        self.buffered.histogram("fleet.stop.seconds", round(draw.expovariate(1 / 90), 2), tags=tags[:1], sample_rate=0.5)
        self.buffered.timing("fleet.route.time", draw.randrange(2, 900), tags=tags[:1])
        self.aggregated.increment("fleet.pings", tags=tags[:1])
        self.aggregated.gauge("fleet.battery", draw.randrange(5, 100), tags=tags)

    def inside_container(self, draw):
        self.contained.increment("courier.scans", draw.randrange(1, 4), tags=["app:scanner"], sample_rate=0.8)
        moment = EPOCH + self.steps
        if draw.random() < 0.3:
            self.contained.count_with_timestamp("courier.synced", draw.randrange(1, 50), moment, tags=["app:scanner"])
            self.contained.gauge_with_timestamp("courier.pending", draw.randrange(0, 30), moment)

    def check(self, draw):
        status = draw.choices([0, 1, 2, 3], weights=[20, 3, 1, 1])[0]
        self.plain.service_check(
            "depot.door", status, tags=[f"city:{draw.choice(CITIES)}"], timestamp=EPOCH + self.steps,
            hostname="depot-1", message="" if status == 0 else f"sensor says\n{status}",
        )

    def announce(self, draw):
        self.plain.event(
            f"Route {draw.randrange(100, 999)} closed", f"Reason: {draw.choice(['snow', 'fair', 'Straßenfest'])}\nExpect | delays",
            alert_type=draw.choice(["info", "warning", "error", "success"]), aggregation_key="routes",
            source_type_name="dispatch", date_happened=EPOCH + self.steps, priority=draw.choice(["low", "normal"]),
            tags=[f"city:{draw.choice(CITIES)}"], hostname="dispatch-1",
        )

    def close(self):
        for each in (self.buffered, self.aggregated):
            each.flush_aggregated_metrics()
            each.flush_buffered_metrics()
            each.stop()


def main():
    # The client draws its samples from the module's own generator.
    random.seed(8125)
    delivery = Delivery(int(sys.argv[1]))
    Schedule(seed=2, seconds=SECONDS, rate=STEPS_PER_SECOND).run(delivery.step)
    delivery.close()


main()
