/// Whether a payload begins as stats do. This is a guess for hints and decodes nothing.
enum StatsGuess {
    private static let longestLine = 512
    private static let prefixes: [[UInt8]] = [Array("SRP1".utf8), Array("_e{".utf8), Array("_sc|".utf8)]

    /// Whether the payload begins with `name:value|type`, an event, a service check, or a sequenced packet. O(first line).
    static func holds(_ payload: Span<UInt8>) -> Bool {
        for prefix in prefixes where begins(payload, prefix) { return true }
        var colon: Int?
        for index in 0..<min(payload.count, longestLine) {
            switch payload[index] {
            case UInt8(ascii: ":"): colon = colon ?? index
            case UInt8(ascii: "|"):
                guard let colon, colon > 0, index > colon + 1, index + 1 < payload.count else { return false }
                return "cgmshd".utf8.contains(payload[index + 1])
            case 0..<0x20, 0x7F: return false
            default: break
            }
        }
        return false
    }

    private static func begins(_ payload: Span<UInt8>, _ prefix: [UInt8]) -> Bool {
        guard payload.count >= prefix.count else { return false }
        for index in prefix.indices where payload[index] != prefix[index] { return false }
        return true
    }
}
