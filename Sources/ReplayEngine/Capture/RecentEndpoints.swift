import PacketCapture

/// A direct-mapped cache with one value for each of the latest endpoints. Captures of several senders alternate between them, so
/// most look-ups need no dictionary. Endpoints with the same slot replace each other.
struct RecentEndpoints<Value: Sendable>: Sendable {
    private var entries: [(endpoint: Endpoint, value: Value)?] = Array(repeating: nil, count: 64)

    /// The endpoint's value. nil if none was stored, or another endpoint replaced it. O(1).
    subscript(endpoint: Endpoint) -> Value? {
        get {
            guard let entry = entries[Self.slot(of: endpoint)], entry.endpoint == endpoint else { return nil }
            return entry.value
        }
        set { entries[Self.slot(of: endpoint)] = newValue.map { (endpoint, $0) } }
    }

    /// One of 64 slots. Senders often differ only in the last bits of address and port, and by the same amount in both.
    private static func slot(of endpoint: Endpoint) -> Int {
        let bits = endpoint.low ^ UInt64(endpoint.port) << 32 ^ endpoint.high &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: (bits &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }
}
