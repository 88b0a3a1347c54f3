/// A set of packet numbers that contains nearly all numbers, inserted in any order: one bit for each number. O(1) in any order.
///
/// Memory: an eighth of a byte for each number up to the highest. Numbers from ``denseLimit`` on are kept as ranges. No run
/// reaches them, so they only come from damaged packets.
struct NumberSet: Sendable {
    private static let denseLimit: UInt64 = 1 << 27

    private var words: [UInt64] = []
    private var beyond = SequenceSet()

    func contains(_ number: UInt64) -> Bool {
        if number >= Self.denseLimit { return beyond.contains(number) }
        let word = Int(number / 64)
        return word < words.count && words[word] >> (number % 64) & 1 == 1
    }

    /// Whether the number is new.
    @discardableResult
    mutating func insert(_ number: UInt64) -> Bool {
        if number >= Self.denseLimit { return beyond.insert(number...number) > 0 }
        let word = Int(number / 64)
        while word >= words.count { words.append(0) }
        let bit = UInt64(1) << (number % 64)
        defer { words[word] |= bit }
        return words[word] & bit == 0
    }

    mutating func remove(_ number: UInt64) {
        if number >= Self.denseLimit {
            beyond.remove(number...number)
        } else if contains(number) {
            words[Int(number / 64)] &= ~(1 << (number % 64))
        }
    }
}
