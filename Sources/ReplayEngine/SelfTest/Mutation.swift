/// One thing in the house that is broken on purpose, to see whether verification notices (`statsreplay selftest`).
///
/// Both ends of a run are wrapped for it, where a broken stage would show: neither the stages nor the ends know of it.
package enum Mutation: CaseIterable, Sendable {
    /// The receiver does not report every tenth gap.
    case missGaps
    /// The receiver reports the packet behind every fifth gap as lost too.
    case inventGaps
    /// The receiver accepts packets whose checksum does not hold.
    case acceptCorrupt
    /// The receiver refuses every twentieth intact packet as corrupt.
    case refuseIntact
    /// The receiver takes the number of every twentieth intact packet for out of range.
    case refuseInRange
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
    /// The receiver fills the gaps of what parity gave back, and forgets the events in it.
    case ignoreRebuilt
    /// Parity gives back packets that are not those that were sent.
    case changeRebuilt
    /// The receiver counts what parity gave back twice.
    case countRebuiltTwice
    /// The client states one event too many of a counter.
    case overstate
    /// The receiver restores twice what it restores.
    case recoverTwice
    /// The judge finds that every limit holds.
    case ignoreLimits

    /// Under which client it shows.
    package enum Client: CaseIterable, Sendable {
        /// One that sends nothing again, so that what the network does stays visible.
        case bare
        /// One that sends again what the receiver lacks.
        case repairing
        /// One that sends parity.
        case covering
        /// One that sends nothing again, but tells running totals.
        case stating
    }

    package var client: Client {
        switch self {
        case .ignoreRequests, .acknowledgeMissing: .repairing
        case .ignoreRebuilt, .changeRebuilt, .countRebuiltTwice: .covering
        case .overstate, .recoverTwice: .stating
        case .missGaps, .inventGaps, .acceptCorrupt, .refuseIntact, .refuseInRange, .countDuplicates, .loseEvents,
            .changeValues, .ignoreLimits:
            .bare
        }
    }

    package var sentence: String {
        switch self {
        case .missGaps: "the receiver misses every 10th gap"
        case .inventGaps: "the receiver reports gaps that are none"
        case .acceptCorrupt: "the receiver accepts bad checksums"
        case .refuseIntact: "the receiver refuses intact packets"
        case .refuseInRange: "the receiver takes numbers in range for out of range"
        case .countDuplicates: "the receiver counts duplicates"
        case .loseEvents: "the client loses events silently"
        case .changeValues: "the client changes values"
        case .ignoreRequests: "the client ignores every request"
        case .acknowledgeMissing: "the receiver acknowledges what it lacks"
        case .ignoreRebuilt: "what parity gave back is not counted"
        case .changeRebuilt: "parity gives back other packets"
        case .countRebuiltTwice: "what parity gave back counts twice"
        case .overstate: "the client states an event too many"
        case .recoverTwice: "running totals restore twice"
        case .ignoreLimits: "the judge ignores the limits"
        }
    }
}
