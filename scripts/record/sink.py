"""Receives datagrams on loopback until SIGTERM, then writes how many came. Usage: sink.py PORT FILE"""

import signal
import socket
import sys
import threading


def main():
    port, path = int(sys.argv[1]), sys.argv[2]
    done = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    receiver.bind(("127.0.0.1", port))
    receiver.settimeout(0.1)
    # The existence of the file shows that the port is open.
    open(path, "w").close()
    count = 0
    while True:
        try:
            receiver.recv(65535)
            count += 1
        except TimeoutError:
            if done.is_set():
                break
    with open(path, "w") as file:
        file.write(f"{count}\n")


main()
