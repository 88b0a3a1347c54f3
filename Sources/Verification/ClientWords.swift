import StatsClient
import StatsModel
import StatsReplay

/// What a client did, in the words that reports and golden files share.
enum ClientWords {
    static func time(_ instant: Instant) -> String {
        Nanoseconds(Int64(clamping: instant.nanoseconds)).description
    }

    /// `106 sent, 163661 bytes, 0 skipped`.
    static func copies(_ facts: ClientFacts) -> String {
        "\(facts.copies.sent) sent, \(facts.copies.byteCount) bytes, \(facts.copies.skipped) skipped"
    }

    /// `closed to open at 2s, open to half-open at 3s`; `never opened`.
    static func transitions(_ facts: ClientFacts) -> String {
        if facts.transitions.isEmpty { return "never opened" }
        var texts = facts.transitions.map { "\(name($0.from)) to \(name($0.to)) at \(time($0.instant))" }
        let rest = facts.transitionCount - facts.transitions.count
        if rest > 0 { texts.append("and \(rest) more") }
        return texts.joined(separator: ", ")
    }

    static func name(_ state: CircuitBreaker.State) -> String {
        switch state {
        case .closed: "closed"
        case .open: "open"
        case .halfOpen: "half-open"
        }
    }
}
