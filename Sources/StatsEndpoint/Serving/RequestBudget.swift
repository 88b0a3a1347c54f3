/// Counts the bytes of one request and refuses those beyond the limits. The decoder gets no byte beyond them, so its time for a
/// request is bounded, whatever a client sends.
struct RequestBudget {
    /// Bytes of the request line and the header fields, with their line ends.
    static let headLimit = 8192
    /// Bytes of a body as transferred, with the framing of chunks. No path uses a body.
    static let bodyLimit = 8192

    enum Refusal: Error, Equatable {
        case uriTooLong
        case headerFieldsTooLarge
        case contentTooLarge
    }

    private enum Phase {
        case requestLine
        case headerFields
        case body
    }

    private var phase = Phase.requestLine
    /// Bytes of the head, or of the body, so far.
    private var count = 0

    /// Whether no byte of a request has arrived.
    var isUntouched: Bool {
        switch phase {
        case .requestLine: count == 0
        case .headerFields, .body: false
        }
    }

    /// How many of `available` bytes the decoder gets next. In a head this is at most one line. Only a line end can end a head,
    /// so bytes after a head are never counted as part of it.
    ///
    /// - Parameters:
    ///   - available: bytes at hand, at least one
    ///   - lineLength: bytes up to and including the first line end; nil if there is none
    /// - Throws: the limit that the next byte would exceed. No byte may then reach the decoder.
    mutating func take(available: Int, lineLength: Int?) throws(Refusal) -> Int {
        switch phase {
        case .requestLine, .headerFields:
            let length = lineLength ?? available
            guard count + length <= Self.headLimit else {
                throw phase == .requestLine ? .uriTooLong : .headerFieldsTooLarge
            }
            count += length
            if lineLength != nil { phase = .headerFields }
            return length
        case .body:
            let length = min(available, Self.bodyLimit - count)
            if length == 0 { throw .contentTooLarge }
            count += length
            return length
        }
    }

    /// The decoder found the end of the head.
    mutating func headIsComplete() {
        phase = .body
        count = 0
    }

    /// The decoder found the end of the request. The next byte belongs to the next request.
    mutating func requestIsComplete() { self = Self() }
}
