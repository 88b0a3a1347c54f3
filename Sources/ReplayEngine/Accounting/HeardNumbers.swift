import StatsModel
import StatsReceiver

/// The numbers of one session that a receiver can know, derived independently from the intact packets that arrive.
///
/// A receiver believes one packet at most `maximumJump` numbers ahead. Further ahead it believes two consecutive data packets.
/// The numbers that such a jump passes over are unknown. So are the numbers before the first one received, if it is that far
/// ahead. A number a window or more behind the highest may have arrived before or not, so a packet with it has to be refused.
struct HeardNumbers: Sendable {
    private let window: UInt64
    private let maximumJump: UInt64
    /// The highest number that was believed.
    private(set) var highest: UInt64 = 0
    private var strayed: UInt64?
    /// The numbers that jumps passed over.
    private(set) var unknown = SequenceSet()

    init(_ configuration: ReceiverConfiguration) {
        window = UInt64(configuration.window)
        maximumJump = configuration.maximumJump
    }

    /// Records an intact packet: data with this number, or another kind that carries it as the highest number sent.
    mutating func record(_ number: UInt64, isData: Bool) {
        if number <= highest {
            if isData, highest - number < window { strayed = nil }
        } else if number - highest <= maximumJump {
            highest = number
            if isData { strayed = nil }
        } else if highest == 0 {
            pass(to: isData ? number - 1 : number)
            highest = number
        } else if isData {
            guard strayed == number - 1 else {
                strayed = number
                return
            }
            pass(to: number - 1)
            highest = number
            strayed = nil
        }
    }

    private mutating func pass(to end: UInt64) {
        if highest < end { unknown.insert(highest + 1...end) }
    }

    /// Whether a data packet with this number has to be refused, after ``record(_:isData:)`` was called for it.
    func isOutOfRange(_ number: UInt64) -> Bool {
        number > highest || highest - number >= window
    }

    /// Whether the number is refused because it is too far ahead. A later copy may be accepted.
    func isAhead(_ number: UInt64) -> Bool { number > highest }
}
