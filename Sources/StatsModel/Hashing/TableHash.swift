/// A keyed hash of bytes, for tables that strangers can fill: names, tags, members of sets. It only finds; the bytes
/// decide. No result may depend on it, so it never leaves a table; what is compared or recorded uses ``ByteHash``.
///
/// Whoever knows the function can choose names that collide, and a table of them takes quadratic time. With
/// `seed ^ hash(bytes)` they still do: what collides without the seed collides with it. Here the key takes part in every
/// step: each block of 16 bytes is masked by two words that an outsider does not know, multiplied to 128 bits and folded
/// (wyhash, Wang Yi 2019; foldhash, Orson Peters 2024). No block is then known to make a factor zero, which is how
/// unkeyed folding collides. That resists names chosen in advance, not somebody who measures single look-ups; SipHash
/// would, at three times the price on the path that records by name.
public struct TableHash: Sendable, Equatable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64

    /// The same seed gives the same hash: for tests.
    public init(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        first = random.draw(rule: 0x7AB1, flow: 0, sequence: 1)
        second = random.draw(rule: 0x7AB1, flow: 0, sequence: 2)
        third = random.draw(rule: 0x7AB1, flow: 0, sequence: 3) | 1
    }

    private init(_ first: UInt64, _ second: UInt64, _ third: UInt64) {
        self.first = first
        self.second = second
        self.third = third | 1
    }

    /// The key of this process, drawn anew each time it starts.
    public static let process = TableHash(
        .random(in: .min ... .max), .random(in: .min ... .max), .random(in: .min ... .max))

    /// Hashes `bytes[range]`, going on from `state`. Traps where the range leaves the bytes. O(n), 16 bytes a step.
    @inlinable public func hash(_ bytes: Span<UInt8>, _ range: Range<Int>, state: UInt64 = 0) -> UInt64 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "hash range outside its bytes")
        let raw = unsafe bytes.bytes
        let count = range.count
        var hash = start(state, count: count)
        var offset = range.lowerBound
        let end = range.upperBound
        while end &- offset > 16 {
            // In bounds: offset + 16 < end <= bytes.count, by the loop's condition and the precondition.
            hash = fold(
                unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self),
                unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 8, as: UInt64.self), hash)
            offset &+= 16
        }
        let rest = end &- offset
        if rest >= 8 {
            // In bounds: the first and the last eight of at least eight bytes.
            return fold(
                unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self),
                unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 8, as: UInt64.self), hash)
        }
        if rest >= 4 {
            // In bounds: the first and the last four of at least four bytes.
            let head = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self)
            let tail = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: end &- 4, as: UInt32.self)
            return fold(UInt64(head), UInt64(tail), hash)
        }
        // First, middle and last of one to three bytes; nothing of none.
        guard rest > 0 else { return fold(0, 0, hash) }
        let word = UInt64(bytes[offset]) << 16 | UInt64(bytes[offset &+ rest >> 1]) << 8 | UInt64(bytes[end &- 1])
        return fold(word, 0, hash)
    }

    /// Hashes one number, going on from `state`.
    @inlinable public func hash(_ value: UInt64, state: UInt64 = 0) -> UInt64 { fold(value, 8, start(state, count: 8)) }

    /// What a string of so many bytes begins with, behind what `state` stands for: "ab", "c" and "a", "bc" differ.
    @inlinable func start(_ state: UInt64, count: Int) -> UInt64 {
        let product = (state ^ first).multipliedFullWidth(by: third)
        return product.high ^ product.low &+ UInt64(truncatingIfNeeded: count)
    }

    /// Both factors are masked by words that are secret: one of the key, one that depends on it and all bytes before.
    @inlinable func fold(_ a: UInt64, _ b: UInt64, _ hash: UInt64) -> UInt64 {
        let product = (a ^ second).multipliedFullWidth(by: b ^ hash)
        return product.high ^ product.low &+ hash
    }
}
