public import StatsModel
public import StatsReceiver
import StatsWire
public import SystemIO

/// Sends a receiver machine's answers back to where each session's packets come from.
///
/// One address for each session, its last: a sender that makes a new socket is answered there. Bounded: of more sessions
/// than ``limit`` those first heard are forgotten, and not answered any more until they are heard again.
public struct LiveAnswers: Sendable {
    /// As many sessions as a receiver keeps apart by default.
    static let limit = 1024

    private var addresses: [UInt64: DatagramAddress] = [:]
    /// The sessions in the order in which they were first heard; from `oldest` on, round.
    private var order: [UInt64] = []
    private var oldest = 0
    private var latest: (session: UInt64, address: DatagramAddress)?
    /// Answers that the system took, and their bytes.
    public private(set) var sent: UInt64 = 0
    public private(set) var byteCount: UInt64 = 0

    public init() {}

    /// A packet came from there that the receiver took for one of this session. O(1).
    public mutating func record(_ session: UInt64, from address: DatagramAddress?) {
        guard let address else { return }
        if let latest, latest.session == session, latest.address == address { return }
        latest = (session, address)
        if addresses.updateValue(address, forKey: session) != nil { return }
        if order.count < Self.limit {
            order.append(session)
        } else {
            addresses[order[oldest]] = nil
            order[oldest] = session
            oldest = (oldest + 1) % Self.limit
        }
    }

    /// Sends what is due. An answer that the system does not take is lost, as it may be on its way.
    public mutating func send(_ machine: inout StatsReceiver, over socket: borrowing DatagramSocket, at now: Instant) {
        while let answer = machine.pollAcknowledgement(at: now) {
            guard let address = addresses[answer.session] else { continue }
            let isTaken = machine.withAcknowledgement { bytes in socket.send(bytes, to: address) }
            if isTaken {
                sent += 1
                byteCount += UInt64(answer.byteCount)
            }
        }
    }
}
