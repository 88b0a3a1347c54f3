// In this module's JSON a duration is a whole number of nanoseconds. The conformances that the compiler writes use the overloads
// below instead of the standard library's pair of numbers.

extension Duration {
    init(wholeNanoseconds: UInt64) { self = .nanoseconds(Int64(clamping: wholeNanoseconds)) }

    /// Whole nanoseconds. The limits of `UInt64` where the duration is beyond them.
    var wholeNanoseconds: UInt64 { UInt64(clamping: attoseconds / 1_000_000_000) }
}

extension KeyedEncodingContainer {
    mutating func encode(_ value: Duration, forKey key: Key) throws { try encode(value.wholeNanoseconds, forKey: key) }
}

extension KeyedDecodingContainer {
    func decode(_ type: Duration.Type, forKey key: Key) throws -> Duration {
        Duration(wholeNanoseconds: try decode(UInt64.self, forKey: key))
    }
}
