/// Counts the bytes of one request and refuses what is beyond the limits. The decoder behind it sees nothing of a request
/// beyond them, so its time for a request is bounded, whatever a client sends.
struct RequestBudget {
    /// Bytes of the request line and the header fields, with their line ends.
    static let headLimit = 8192
    /// Bytes of a body as they are transferred, with the framing of chunks. No path has a use for a body.
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

    /// Whether nothing of a request has come.
    var isUntouched: Bool {
        switch phase {
        case .requestLine: count == 0
        case .headerFields, .body: false
        }
    }

    /// How many of `available` bytes the decoder gets next. Of a head they are one line or a part of it, since only a line
    /// end can end a head: whatever follows a head is counted as what it is.
    ///
    /// - Parameters:
    ///   - available: bytes at hand, at least one
    ///   - lineLength: bytes up to the first line end, that included; nil where there is none
    /// - Throws: the limit that the next byte would pass; then nothing of it may reach the decoder
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

    /// The decoder saw the end of the head.
    mutating func headIsComplete() {
        phase = .body
        count = 0
    }

    /// The decoder saw the end of the request: the next byte belongs to the next one.
    mutating func requestIsComplete() { self = Self() }
}
