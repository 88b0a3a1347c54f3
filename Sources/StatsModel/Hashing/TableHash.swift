/// A keyed hash of bytes for tables that strangers can fill: names, tags, members of sets. The hash only narrows the search, and
/// a comparison of bytes decides. No result may depend on it, so it never leaves a table. Values that are compared or recorded
/// use ``ByteHash``.
///
/// Without a key, a stranger who knows the function can choose names that collide, and a table of them takes quadratic time.
/// `seed ^ hash(bytes)` does not help, since names that collide without the seed also collide with it. Here the key takes part in
/// every step. Each block of 16 bytes is masked with two secret words, multiplied to 128 bits and folded (wyhash, Wang Yi 2019;
/// foldhash, Orson Peters 2024). Thus no block is known to make a factor zero, which is how folding without a key collides.
///
/// This protects against names that are chosen in advance, and not against an attacker who measures single look-ups. SipHash
/// would, at three times the price on the path that records by name.
public struct TableHash: Sendable, Equatable {
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64

    /// A hash with a fixed seed, for tests: the same seed gives the same hashes.
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

    /// The key of this process, drawn anew at each start.
    public static let process = TableHash(
        .random(in: .min ... .max), .random(in: .min ... .max), .random(in: .min ... .max))

    /// Hashes `bytes[range]`, continuing from `state`. Traps if the range is outside the bytes. O(n), 16 bytes per step.
    @inlinable public func hash(_ bytes: Span<UInt8>, _ range: Range<Int>, state: UInt64 = 0) -> UInt64 {
        inlinedHash(bytes, range, state: state)
    }

    /// The same hash, always inlined. For the callers that hash each event.
    @inlinable @inline(__always) func inlinedHash(_ bytes: Span<UInt8>, _ range: Range<Int>, state: UInt64) -> UInt64 {
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
        // The first, middle and last byte of one to three bytes. Nothing is hashed of an empty rest.
        guard rest > 0 else { return fold(0, 0, hash) }
        let word = UInt64(bytes[offset]) << 16 | UInt64(bytes[offset &+ rest >> 1]) << 8 | UInt64(bytes[end &- 1])
        return fold(word, 0, hash)
    }

    /// Hashes one number, continuing from `state`.
    @inlinable public func hash(_ value: UInt64, state: UInt64 = 0) -> UInt64 { fold(value, 8, start(state, count: 8)) }

    /// The initial state for a string with this length after `state`. The length keeps "ab", "c" and "a", "bc" apart.
    @inlinable func start(_ state: UInt64, count: Int) -> UInt64 {
        let product = (state ^ first).multipliedFullWidth(by: third)
        return product.high ^ product.low &+ UInt64(truncatingIfNeeded: count)
    }

    /// Both factors are masked with secret words: one from the key, and one that depends on the key and all bytes before.
    @inlinable func fold(_ a: UInt64, _ b: UInt64, _ hash: UInt64) -> UInt64 {
        let product = (a ^ second).multipliedFullWidth(by: b ^ hash)
        return product.high ^ product.low &+ hash
    }
}
