/// A record of which of the newest `size` numbers arrived: RFC 6479's bitmap, a ring of 64-bit words indexed by the number.
///
/// The window does not know its own position. Its owner clears the bits of the numbers that enter when the window moves. Numbers
/// with the same bit are `size` apart.
struct ArrivalWindow: Equatable, Sendable {
    private var words: [UInt64]
    private let mask: UInt64

    /// - Parameter size: the number of bits; a power of two, at least 64
    init(size: Int) {
        precondition(size >= 64 && size & (size - 1) == 0, "a window is a power of two of at least 64 numbers")
        words = Array(repeating: 0, count: size / 64)
        mask = UInt64(size - 1)
    }

    func contains(_ number: UInt64) -> Bool {
        let bit = number & mask
        return words[Int(bit >> 6)] >> (bit & 63) & 1 == 1
    }

    mutating func insert(_ number: UInt64) {
        let bit = number & mask
        words[Int(bit >> 6)] |= 1 << (bit & 63)
    }

    /// Clears the bits of `range`, at most `size` numbers. O(numbers / 64).
    mutating func clear(_ range: ClosedRange<UInt64>) {
        var number = range.lowerBound
        while true {
            let bit = number & mask
            let count = min(64 - (bit & 63), range.upperBound - number + 1)
            let ones: UInt64 = count == 64 ? .max : (1 << count) - 1
            words[Int(bit >> 6)] &= ~(ones << (bit & 63))
            if range.upperBound - number < count { return }
            number += count
        }
    }

    mutating func clearAll() {
        for index in words.indices { words[index] = 0 }
    }

    /// Calls `body` with each run of numbers in `range` that did not arrive, ascending. The range has at most `size` numbers.
    /// O(numbers / 64 + runs).
    func forEachMissing(in range: ClosedRange<UInt64>, _ body: (ClosedRange<UInt64>) -> Void) {
        var number = range.lowerBound
        var start: UInt64?
        while number <= range.upperBound {
            let bit = number & mask
            let available = min(64 - (bit & 63), range.upperBound - number + 1)
            let word = words[Int(bit >> 6)] >> (bit & 63)
            // The number of bits in a row that equal the first one, as far as they belong to the range.
            let isSet = word & 1 == 1
            let alike = min(UInt64((isSet ? ~word : word).trailingZeroBitCount), available)
            if isSet, let first = start {
                body(first...number - 1)
                start = nil
            } else if !isSet, start == nil {
                start = number
            }
            number += alike
        }
        if let first = start { body(first...range.upperBound) }
    }
}
