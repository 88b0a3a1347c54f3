/// What is known of endpoints that came lately, so that most look-ups need no dictionary: captures of several senders alternate
/// between them. Endpoints that share a place replace each other.
///
/// Public although no product shows it, since another room asks for each packet, and Swift inlines only public code across
/// modules.
public struct RecentEndpoints<Value: Sendable>: Sendable {
    @usableFromInline var entries: [(endpoint: Endpoint, value: Value)?]

    package init() { entries = Array(repeating: nil, count: 64) }

    /// What was last kept of this endpoint; nil where that was replaced, or nothing was kept. O(1).
    @inlinable public subscript(endpoint: Endpoint) -> Value? {
        get {
            // Six bits say the place.
            guard let entry = entries[Self.place(endpoint)], entry.endpoint == endpoint else { return nil }
            return entry.value
        }
        set { entries[Self.place(endpoint)] = newValue.map { (endpoint, $0) } }
    }

    /// Senders often differ in the last bits of address and port alone, and in both by the same.
    @inlinable static func place(_ endpoint: Endpoint) -> Int {
        let bits = endpoint.low ^ UInt64(endpoint.port) << 32 ^ endpoint.high &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }
}
