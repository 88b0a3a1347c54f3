#!/usr/bin/env python3
"""Writes a capture of many metrics, the same file every time: the measure of how fast a run replays.

    scripts/record/many_metrics.py FILE                                       1 000 000 events, 8 a datagram, 16 000 metrics
    scripts/record/many_metrics.py FILE --per-datagram 1 --metrics 200        1 000 000 packets of one event each (108 MB)

    --events N          events in all (1 000 000)
    --per-datagram N    events in each datagram (8)
    --metrics N         distinct metrics (16 000)
    --seed N            the seed of the order in which metrics come, and of their values (1)

The file is a pcap of Ethernet frames: DogStatsD text over UDP and IPv4, from four senders to port 8125, with correct
checksums, a datagram each 100 microseconds. Each metric comes once in order, then all are drawn alike, so nearly every
event needs a look-up of its own. Of twenty metrics ten are counters, four timings, three gauges, and one each a histogram, a
distribution and a set. Half of them have no tags, a quarter tags in sorted order, a quarter tags in another order, as a
client's constant tags behind those of the call.

Python's standard library alone; only `random()` is drawn from the generator, which gives the same numbers in every version.
"""

import argparse
import random
import struct

TYPES = ["c"] * 10 + ["ms"] * 4 + ["g"] * 3 + ["h", "d", "s"]
NAMES = ["requests", "errors", "latency", "queue.depth", "bytes.sent", "cache.hits", "cache.misses", "retries", "users"]
DESTINATION = (10, 0, 0, 1)
PORT = 8125
SENDERS = 4
STEP_MICROSECONDS = 100
START_SECONDS = 1_700_000_000


def metric(index):
    """The beginning and the end of a line of that metric; the value stands between them."""
    kind = TYPES[index % len(TYPES)]
    name = f"shop.service-{index // 40:03}.{NAMES[index % len(NAMES)]}.n{index:05}"
    host = f"host:web-{index % 97:02}"
    tags = ["", "", f"|#env:production,{host}", f"|#{host},env:production"][index // len(TYPES) % 4]
    return f"{name}:".encode(), f"|{kind}{tags}".encode(), kind


def value(kind, draw):
    """The text of a value for a draw in [0, 1)."""
    if kind == "c":
        return b"%d" % (1 + int(draw * 3))
    if kind == "s":
        return b"user-%d" % int(draw * 10_000)
    return b"%.2f" % (draw * 500)


def checksum(data):
    """The internet checksum (RFC 1071): big-endian words of 16 bits add up as the number modulo 0xFFFF."""
    if len(data) % 2:
        data += b"\0"
    return 0xFFFF - int.from_bytes(data, "big") % 0xFFFF


def frame(payload, number):
    """An Ethernet frame with the payload as datagram `number`."""
    source = (10, 0, 1, 1 + number % SENDERS)
    length = 8 + len(payload)
    udp = struct.pack(">HHHH", 40_000 + number % SENDERS, PORT, length, 0)
    pseudo = struct.pack(">4B4BHH", *source, *DESTINATION, 17, length)
    udp = udp[:6] + struct.pack(">H", checksum(pseudo + udp + payload) or 0xFFFF)
    ip = struct.pack(">BBHHHBBH4B4B", 0x45, 0, 20 + length, number // SENDERS & 0xFFFF, 0, 64, 17, 0, *source, *DESTINATION)
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + ip + udp + payload


def main():
    parser = argparse.ArgumentParser(description="Writes a capture of many metrics.")
    parser.add_argument("file")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--per-datagram", type=int, default=8)
    parser.add_argument("--metrics", type=int, default=16_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draws = random.Random(options.seed).random
    metrics = [metric(index) for index in range(options.metrics)]

    def line(event):
        index = event if event < options.metrics else int(draws() * options.metrics)
        start, end, kind = metrics[index]
        return start + value(kind, draws()) + end

    with open(options.file, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1))
        for number, first in enumerate(range(0, options.events, options.per_datagram)):
            last = min(first + options.per_datagram, options.events)
            packet = frame(b"\n".join(line(event) for event in range(first, last)), number)
            seconds, micros = divmod(number * STEP_MICROSECONDS, 1_000_000)
            file.write(struct.pack("<IIII", START_SECONDS + seconds, micros, len(packet), len(packet)) + packet)


main()
