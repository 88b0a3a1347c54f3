import StatsModel
import StatsReceiver

/// The numbers of one session that a receiver can know, computed independently from the intact packets that arrive.
///
/// A single packet is believed up to `maximumJump` numbers ahead. A larger jump is believed after two data packets in a row with
/// consecutive numbers. The numbers that such a jump passes over are unknown. So are the numbers before the first one, if the
/// first one is that far ahead. A packet that is a window or more behind the highest number may have arrived before or not, so it
/// must be refused.
struct KnowableNumbers: Sendable {
    private let window: UInt64
    private let maximumJump: UInt64
    /// The highest number that was believed.
    private(set) var highest: UInt64 = 0
    private var jumpCandidate: UInt64?
    /// Numbers that jumps passed over.
    private(set) var unknown = SequenceSet()

    init(_ configuration: ReceiverConfiguration) {
        window = UInt64(configuration.window)
        maximumJump = configuration.maximumJump
    }

    /// Records an intact packet: a data packet with this number, or a control packet that names it.
    mutating func record(_ number: UInt64, isData: Bool) {
        if number <= highest {
            if isData, highest - number < window { jumpCandidate = nil }
        } else if number - highest <= maximumJump {
            highest = number
            if isData { jumpCandidate = nil }
        } else if highest == 0 {
            pass(to: isData ? number - 1 : number)
            highest = number
        } else if isData {
            guard jumpCandidate == number - 1 else {
                jumpCandidate = number
                return
            }
            pass(to: number - 1)
            highest = number
            jumpCandidate = nil
        }
    }

    private mutating func pass(to end: UInt64) {
        if highest < end { unknown.insert(highest + 1...end) }
    }

    /// Whether a data packet with this number must be refused. Call ``record(_:isData:)`` with it first.
    func isOutOfRange(_ number: UInt64) -> Bool {
        number > highest || highest - number >= window
    }

    /// Whether the number is refused because it is too far ahead. A later copy may be accepted.
    func isAhead(_ number: UInt64) -> Bool { number > highest }
}
