/// One thing in the house that is broken on purpose, to see whether verification notices (`statsreplay selftest`).
///
/// It sits between the stages of the simulation, where a broken stage would show: no stage knows of it.
public enum Sabotage: CaseIterable, Sendable {
    /// The receiver does not report every tenth gap.
    case missGaps
    /// The receiver reports the packet behind every fifth gap as lost too.
    case inventGaps
    /// The receiver accepts packets whose checksum does not hold.
    case acceptCorrupt
    /// The receiver refuses every twentieth intact packet as corrupt.
    case refuseIntact
    /// The receiver counts a packet's second copy as well.
    case countDuplicates
    /// The client loses every hundredth event without a word.
    case loseEvents
    /// The client changes the value of every hundredth event.
    case changeValues
    /// The client does not hear what the receiver asks for.
    case ignoreRequests
    /// The receiver acknowledges packets that it does not have.
    case acknowledgeMissing
    /// The judge finds that every limit holds.
    case ignoreLimits

    /// Whether it breaks what is sent again; everything else is broken under a client that sends nothing again, so that
    /// what the network does stays visible.
    public var breaksRepair: Bool {
        switch self {
        case .ignoreRequests, .acknowledgeMissing: true
        case .missGaps, .inventGaps, .acceptCorrupt, .refuseIntact, .countDuplicates, .loseEvents, .changeValues,
            .ignoreLimits:
            false
        }
    }

    public var sentence: String {
        switch self {
        case .missGaps: "the receiver misses every 10th gap"
        case .inventGaps: "the receiver reports gaps that are none"
        case .acceptCorrupt: "the receiver accepts bad checksums"
        case .refuseIntact: "the receiver refuses intact packets"
        case .countDuplicates: "the receiver counts duplicates"
        case .loseEvents: "the client loses events silently"
        case .changeValues: "the client changes values"
        case .ignoreRequests: "the client ignores every request"
        case .acknowledgeMissing: "the receiver acknowledges what it lacks"
        case .ignoreLimits: "the judge ignores the limits"
        }
    }
}
