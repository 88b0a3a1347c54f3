import StatsModel

/// The hash of a name with its tags, over all bytes in the order in which they are given. The hash only narrows the search, and a
/// comparison of bytes decides.
///
/// Each string costs one 64 by 64 bit multiplication for every 16 bytes (after wyhash, Wang Yi 2019). Services put strings of
/// strangers into names and tags. Both factors are therefore masked with words of a key that each process draws. ``TableHash``
/// does the same. For a single string it costs the same, and for a list of short strings twice as much.
struct NameHash {
    /// The words that mask the factors.
    struct Key {
        let first, second: UInt64

        /// The key of this process.
        static let process = Key(first: .random(in: .min ... .max), second: .random(in: .min ... .max) | 1)
    }

    private(set) var value: UInt64
    private let first, second: UInt64

    @inline(__always)
    init(_ type: MetricType, key: Key = .process) {
        first = key.first
        second = key.second
        value = (UInt64(type.rawValue) &+ 0x9E37_79B9_7F4A_7C15) ^ key.first &>> 32 &* key.second
    }

    @inline(__always)
    private mutating func fold(_ a: UInt64, _ b: UInt64) {
        let product = (a ^ first ^ value).multipliedFullWidth(by: b ^ second)
        value = product.high ^ product.low &+ value
    }

    /// Adds one string with its length, so that "ab", "c" and "a", "bc" differ.
    @inline(__always)
    mutating func add(_ bytes: Span<UInt8>) {
        let count = bytes.count
        if count > 16 { return addLong(bytes) }
        let raw = unsafe bytes.bytes
        if count >= 8 {
            // In bounds: the first and the last eight of at least eight bytes.
            unsafe fold(
                raw.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt64.self),
                raw.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 8, as: UInt64.self))
        } else if count >= 4 {
            // In bounds: the first and the last four of at least four bytes.
            let head = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self)
            let tail = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 4, as: UInt32.self)
            fold(UInt64(head) << 32 | UInt64(tail), UInt64(count))
            return
        } else if count > 0 {
            // First, middle and last of one to three bytes.
            let word = UInt64(bytes[0]) << 16 | UInt64(bytes[count >> 1]) << 8 | UInt64(bytes[count &- 1])
            fold(word, UInt64(count))
            return
        }
        value = value &+ UInt64(count) &* second
    }

    @inline(never)
    private mutating func addLong(_ bytes: Span<UInt8>) {
        let count = bytes.count
        let raw = unsafe bytes.bytes
        var offset = 0
        while offset &+ 16 < count {
            // In bounds: offset + 16 < count.
            unsafe fold(
                raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self),
                raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 8, as: UInt64.self))
            offset &+= 16
        }
        // In bounds: the last sixteen of more than sixteen bytes.
        unsafe fold(
            raw.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 16, as: UInt64.self),
            raw.unsafeLoadUnaligned(fromUncheckedByteOffset: count &- 8, as: UInt64.self))
        value = value &+ UInt64(count) &* second
    }
}
