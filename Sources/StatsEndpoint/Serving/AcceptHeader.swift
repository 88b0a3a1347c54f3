/// The media types that a client prefers (RFC 9110, section 12.5.1).
struct AcceptHeader {
    private let ranges: [(type: String, quality: Double)]

    init(_ text: String) {
        ranges = text.split(separator: ",").compactMap { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let type = parts.first else { return nil }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            return (type, quality ?? 1)
        }
    }

    /// The quality of the most specific range that covers a type. nil if none does.
    private func quality(of main: String, _ sub: String) -> Double? {
        for name in ["\(main)/\(sub)", "\(main)/*", "*/*"] {
            if let range = ranges.first(where: { $0.type == name }) { return range.quality }
        }
        return nil
    }

    /// Whether JSON is named and preferred at least as much as plain text. A wildcard alone leaves the default.
    var prefersJSON: Bool {
        let json = quality(of: "application", "json") ?? 0
        let text = quality(of: "text", "plain") ?? 0
        let isNamed = ranges.contains { $0.type == "application/json" }
        return json > 0 && (json > text || isNamed && json >= text)
    }
}
