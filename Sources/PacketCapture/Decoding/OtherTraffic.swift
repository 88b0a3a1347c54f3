/// Traffic that is not read: UDP to other ports and whether it looks like stats, TCP to the wanted ports, and encapsulations
/// that are not read.
///
/// Memory: 576 KiB once another port was seen.
package struct OtherTraffic: Sendable, Equatable {
    /// One port that was not asked for.
    package struct Port: Sendable, Equatable {
        package var port: UInt16
        /// Datagrams to the port.
        package var datagrams: UInt64
        /// Whether most of the inspected datagrams begin as StatsD does.
        package var looksLikeStats: Bool
        /// The unread encapsulation that uses this port; nil for other ports.
        package var encapsulation: String? { Encapsulation.ports[port] }
    }

    /// Datagrams of a port whose payload is inspected.
    static let mostLooks: UInt8 = 32

    private var counts: [UInt64] = []
    private var looks: [UInt8] = []
    private var alike: [UInt8] = []
    /// TCP segments to a wanted port.
    package private(set) var tcpPackets: UInt64 = 0
    /// Packet counts, indexed by ``Encapsulation``.
    private var encapsulated = [UInt64](repeating: 0, count: Encapsulation.allCases.count)
    /// The encapsulations that occurred.
    package var encapsulations: [CaptureNotes.Named] {
        Encapsulation.allCases.filter { encapsulated[Int($0.rawValue)] > 0 }.map {
            CaptureNotes.Named(name: $0.name, packets: encapsulated[Int($0.rawValue)])
        }
    }

    package init() {}

    /// - Parameter payload: the captured part of it. O(1), and O(line) for the first datagrams of a port.
    mutating func recordUDP(port: UInt16, _ payload: Span<UInt8>) {
        if counts.isEmpty {
            counts = [UInt64](repeating: 0, count: 1 << 16)
            looks = [UInt8](repeating: 0, count: 1 << 16)
            alike = looks
        }
        let index = Int(port)
        counts[index] &+= 1
        guard looks[index] < Self.mostLooks else { return }
        looks[index] += 1
        if StatsGuess.holds(payload) { alike[index] += 1 }
    }

    mutating func recordTCP() { tcpPackets &+= 1 }

    mutating func record(_ encapsulation: Encapsulation) { encapsulated[Int(encapsulation.rawValue)] &+= 1 }

    /// The ports, sorted: those that look like stats first, then by datagrams, ties by number. O(ports log ports); for the end
    /// of a run.
    package func ports(limit: Int) -> [Port] {
        let found = counts.indices.filter { counts[$0] > 0 }.map {
            Port(port: UInt16($0), datagrams: counts[$0], looksLikeStats: 2 * Int(alike[$0]) > Int(looks[$0]))
        }
        let sorted = found.sorted { a, b in
            if a.looksLikeStats != b.looksLikeStats { return a.looksLikeStats }
            return (b.datagrams, a.port) < (a.datagrams, b.port)
        }
        return Array(sorted.prefix(limit))
    }
}
