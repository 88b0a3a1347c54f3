"""When a load sends what: drawn from a seed beforehand, so that pace and content repeat from recording to recording."""

import random
import time


class Schedule:
    """Steps at drawn times: a Poisson stream whose rate swings, as a day in small, with short bursts on top."""

    def __init__(self, seed, seconds, rate):
        self.random = random.Random(seed)
        self.seconds = seconds
        self.rate = rate

    def times(self):
        """Seconds since the start, ascending."""
        now = 0.0
        while True:
            # The rate rises from half to one and a half times the mean and falls again. One step in 200 is a burst.
            swing = 0.5 + 1.0 - abs(2 * now / self.seconds - 1)
            now += self.random.expovariate(self.rate * swing)
            if now >= self.seconds:
                return
            for _ in range(20 if self.random.random() < 0.005 else 1):
                yield now

    def run(self, step):
        """Calls step(random) at each time, never before it."""
        start = time.monotonic()
        for at in self.times():
            wait = start + at - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            step(self.random)
