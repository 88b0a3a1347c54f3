import Foundation
import TestSupport

/// Datagrams over the loopback of a network namespace that is made for one run and gone with it.
enum NamespaceJudge {
    struct Passage {
        /// Numbers that arrived, counted from 0.
        let numbers: [Int]
        /// Seconds from the first arrival to the 29th.
        let span: Double
    }

    /// Sends numbered datagrams as fast as it can and prints which of them arrived, and when the 29th did.
    private static let program = """
        import socket, sys, time, threading
        count, size = int(sys.argv[1]), int(sys.argv[2])
        r = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        r.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)
        r.bind(("127.0.0.1", 0)); r.settimeout(2)
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(r.getsockname())
        got = []
        def receive():
            try:
                while True: got.append((int.from_bytes(r.recv(65535)[:8], "big"), time.monotonic()))
            except OSError: pass
        t = threading.Thread(target=receive); t.start()
        for n in range(count):
            try: s.send(n.to_bytes(8, "big") + bytes(size - 8))
            except OSError: pass
        t.join()
        print(got[min(28, len(got) - 1)][1] - got[0][1], *[n for n, _ in got])
        """

    /// The output of a shell in a new namespace with its loopback up; nil where it fails.
    static func shell(_ script: String, _ arguments: [String] = []) -> String? {
        let words = ["-n", "sh", "-c", "ip link set lo up && " + script, "sh"] + arguments
        guard let outcome = try? ExternalProgram("unshare")?.run(words), outcome.status == 0 else { return nil }
        return outcome.output
    }

    /// What arrives of so many datagrams of so many bytes once `setup` has run.
    static func passage(_ setup: String, count: Int, size: Int) -> Passage? {
        guard let text = shell("\(setup) && exec python3 -c \"$1\" \(count) \(size)", [program]) else { return nil }
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let span = words.first.flatMap({ Double($0) }) else { return nil }
        return Passage(numbers: words.dropFirst().compactMap { Int($0) }, span: span)
    }

    static let iptables = "iptables -A INPUT -p udp -m statistic --mode random --probability"
    static let tbf = "tc qdisc add dev lo root tbf rate 8mbit burst 1200 limit 30000"
    static let netem = "tc qdisc add dev lo root netem limit 100000 loss"

    static let hasPython = shell("python3 -c 'import socket'") != nil
    static let hasIPTables = hasPython && shell("\(iptables) 0.03 -j DROP") != nil
    static let hasTBF = hasPython && shell(tbf) != nil
    static let hasNetem = hasPython && shell("\(netem) 3%") != nil
}
