/// A fault that is made in the program on purpose, to test that verification detects it (`statsreplay selftest`).
///
/// Wrappers around both ends of a run make the faults. Neither the stages nor the ends know of them.
package enum Mutation: CaseIterable, Sendable {
    /// The receiver does not report every tenth gap.
    case missGaps
    /// The receiver extends every fifth gap by the next packet.
    case inventGaps
    /// The receiver accepts data packets with a wrong checksum.
    case acceptCorrupt
    /// The receiver refuses every twentieth intact packet as corrupt.
    case refuseIntact
    /// The receiver refuses every twentieth intact packet as out of range.
    case refuseInRange
    /// The receiver also counts the second copy of a packet.
    case countDuplicates
    /// The client loses every hundredth event silently.
    case loseEvents
    /// The client changes the value of every hundredth counter event.
    case changeValues
    /// The client ignores acknowledgements.
    case ignoreRequests
    /// The receiver acknowledges packets that it does not have.
    case acknowledgeMissing
    /// The receiver fills the gaps of packets recovered from parity, but does not count their events.
    case ignoreRebuilt
    /// Parity recovers packets with wrong contents.
    case changeRebuilt
    /// The receiver counts packets recovered from parity twice.
    case countRebuiltTwice
    /// The client's running totals have one event too many for each counter.
    case exaggerateTotal
    /// The receiver reports twice the events that running totals recovered.
    case recoverTwice
    /// The judge accepts any loss, whatever the limits are.
    case ignoreLimits

    /// The client that is needed to detect a mutation.
    package enum Client: CaseIterable, Sendable {
        /// A client without retransmission, so that the effects of the network stay visible.
        case bare
        /// A client with retransmission.
        case repairing
        /// A client that sends parity.
        case parity
        /// A client without retransmission that sends running totals.
        case runningTotals
    }

    package var client: Client {
        switch self {
        case .ignoreRequests, .acknowledgeMissing: .repairing
        case .ignoreRebuilt, .changeRebuilt, .countRebuiltTwice: .parity
        case .exaggerateTotal, .recoverTwice: .runningTotals
        case .missGaps, .inventGaps, .acceptCorrupt, .refuseIntact, .refuseInRange, .countDuplicates, .loseEvents,
            .changeValues, .ignoreLimits:
            .bare
        }
    }

    package var sentence: String {
        switch self {
        case .missGaps: "the receiver misses every 10th gap"
        case .inventGaps: "the receiver reports gaps that do not exist"
        case .acceptCorrupt: "the receiver accepts bad checksums"
        case .refuseIntact: "the receiver refuses intact packets"
        case .refuseInRange: "the receiver takes numbers in range for out of range"
        case .countDuplicates: "the receiver counts duplicates"
        case .loseEvents: "the client loses events silently"
        case .changeValues: "the client changes values"
        case .ignoreRequests: "the client ignores every request"
        case .acknowledgeMissing: "the receiver acknowledges what it lacks"
        case .ignoreRebuilt: "packets recovered by parity are not counted"
        case .changeRebuilt: "parity recovers other packets"
        case .countRebuiltTwice: "packets recovered by parity count twice"
        case .exaggerateTotal: "the client reports an event too many in a running total"
        case .recoverTwice: "running totals recover events twice"
        case .ignoreLimits: "the judge ignores the limits"
        }
    }
}
