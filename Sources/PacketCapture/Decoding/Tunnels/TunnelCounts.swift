/// Packets that came in tunnels.
struct TunnelCounts: Sendable, Equatable {
    /// Different faults that are counted separately. A hostile file holds more.
    static let mostFaults = 16

    /// Packets that led to a wanted datagram, by ``Tunnel/Kind``. A packet in two nested tunnels counts under both.
    private var read = [UInt64](repeating: 0, count: Tunnel.Kind.allCases.count)
    private var faults: [(words: String, packets: UInt64)] = []

    mutating func recordRead(_ kinds: UInt8, packets: UInt64) {
        for kind in Tunnel.Kind.allCases where kinds & 1 << kind.rawValue != 0 { read[Int(kind.rawValue)] &+= packets }
    }

    mutating func recordUnread(_ words: String) {
        if let index = faults.firstIndex(where: { $0.words == words }) {
            faults[index].packets &+= 1
        } else if faults.count < Self.mostFaults {
            faults.append((words, 1))
        }
    }

    /// The kinds that occurred.
    var tunnels: [CaptureNotes.Named] {
        Tunnel.Kind.allCases.filter { read[Int($0.rawValue)] > 0 }.map {
            CaptureNotes.Named(name: $0.name, packets: read[Int($0.rawValue)])
        }
    }

    var unread: [CaptureNotes.Named] { faults.map { CaptureNotes.Named(name: $0.words, packets: $0.packets) } }

    static func == (a: TunnelCounts, b: TunnelCounts) -> Bool { a.read == b.read && a.unread == b.unread }
}
