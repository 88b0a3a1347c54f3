import StatsModel
import StatsReceiver
import StatsWire

/// Carries out one ``Mutation``, and counts how often.
///
/// The wrappers of both ends of a run (``MutatedSendingEnd``, ``MutatedReceivingEnd``) share it. It is used in the run's single
/// thread.
final class Mutator {
    let mutation: Mutation
    private var occasions: UInt64 = 0
    /// The number of mutations applied so far.
    private(set) var applied: UInt64 = 0

    init(_ mutation: Mutation) { self.mutation = mutation }

    /// Counts an occasion. Returns true on every `interval`th one, which then counts as an applied mutation.
    func applies(every interval: UInt64) -> Bool {
        occasions += 1
        guard occasions % interval == 0 else { return false }
        applied += 1
        return true
    }

    /// The event that the client gets. nil if the event is lost.
    func offered(_ event: DecodedEvent) -> DecodedEvent? {
        switch mutation {
        case .loseEvents: return applies(every: 100) ? nil : event
        case .changeValues:
            guard event.type == .counter, applies(every: 100) else { return event }
            var changed = event
            changed.value += 1
            return changed
        case .missGaps, .inventGaps, .acceptCorrupt, .refuseIntact, .refuseInRange, .countDuplicates, .ignoreRequests,
            .acknowledgeMissing, .ignoreRebuilt, .changeRebuilt, .countRebuiltTwice, .exaggerateTotal, .recoverTwice, .ignoreLimits:
            return event
        }
    }

    /// The receiver's verdict on a datagram, after the mutation.
    func received(_ outcome: ReceiveOutcome, _ bytes: Span<UInt8>) -> ReceiveOutcome {
        switch (mutation, outcome) {
        case (.acceptCorrupt, .corrupt):
            guard let header = PacketHeader(unverified: bytes), header.kind == .data, applies(every: 1) else { return outcome }
            return .accepted(header, late: false)
        case (.refuseIntact, .accepted): return applies(every: 20) ? .corrupt(.checksum(stated: 0, computed: 1)) : outcome
        case (.refuseInRange, .accepted(let header, _)): return applies(every: 20) ? .outOfRange(header) : outcome
        case (.countDuplicates, .duplicate(let header)): return applies(every: 1) ? .accepted(header, late: false) : outcome
        case (_, _): return outcome
        }
    }

    /// The receiver's report of a gap, after the mutation: nil, the gap, or a longer gap.
    func reported(_ gap: ClosedRange<UInt64>) -> ClosedRange<UInt64>? {
        switch mutation {
        case .missGaps: applies(every: 10) ? nil : gap
        case .inventGaps: applies(every: 5) ? gap.lowerBound...gap.upperBound + 1 : gap
        case .acceptCorrupt, .refuseIntact, .refuseInRange, .countDuplicates, .loseEvents, .changeValues, .ignoreRequests,
            .acknowledgeMissing, .ignoreRebuilt, .changeRebuilt, .countRebuiltTwice, .exaggerateTotal, .recoverTwice, .ignoreLimits:
            gap
        }
    }

    /// Whether the client receives an acknowledgement.
    func deliversAnswer() -> Bool { mutation == .ignoreRequests ? !applies(every: 1) : true }

    /// An acknowledgement without missing ranges. nil if the original stays unchanged.
    func answered(_ bytes: Span<UInt8>) -> AcknowledgementBuilder? {
        guard mutation == .acknowledgeMissing, let header = PacketHeader(unverified: bytes),
            let answer = Acknowledgement(decoding: bytes, header: header), answer.rangeCount > 0, applies(every: 1)
        else { return nil }
        var builder = AcknowledgementBuilder()
        builder.begin(floor: answer.highest)
        _ = builder.seal(
            session: answer.session, highest: answer.highest, latest: answer.latest, held: answer.held,
            number: answer.number)
        return builder
    }

    /// The treatment of a packet that the receiver recovered from parity.
    enum Rebuilding {
        case asItIs, ignored, twice
        case changed([UInt8])
    }

    func rebuilt(_ packet: RebuiltPacket, _ bytes: Span<UInt8>) -> Rebuilding {
        guard case .accepted = packet.outcome else { return .asItIs }
        switch mutation {
        case .ignoreRebuilt: return applies(every: 1) ? .ignored : .asItIs
        case .countRebuiltTwice: return applies(every: 1) ? .twice : .asItIs
        case .changeRebuilt:
            guard applies(every: 1) else { return .asItIs }
            // As if the recovered packet's own checksum had not been checked. The last byte belongs to the last event.
            var changed = (0..<bytes.count).map { bytes[$0] }
            changed[changed.count - 1] ^= 1
            return .changed(changed)
        case .missGaps, .inventGaps, .acceptCorrupt, .refuseIntact, .refuseInRange, .countDuplicates, .loseEvents, .changeValues,
            .ignoreRequests, .acknowledgeMissing, .exaggerateTotal, .recoverTwice, .ignoreLimits:
            return .asItIs
        }
    }
}
