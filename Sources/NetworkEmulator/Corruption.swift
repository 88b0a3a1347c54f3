package import StatsModel

/// How copies are damaged, and which share of them.
package struct Corruption: Hashable, Sendable {
    /// The kinds of damage.
    package enum Kind: String, CaseIterable, Sendable {
        /// One to eight bits flipped at distinct places.
        case bits
        /// One to eight bytes replaced by others at distinct places.
        case bytes
        /// Cut off at a random byte. The copy may be empty afterwards.
        case truncate
    }

    package var kind: Kind
    /// The share of copies that are damaged.
    package var share: Ratio

    package init(_ kind: Kind = .bits, share: Ratio) {
        self.kind = kind
        self.share = share
    }

    /// Reads `1%` (bits), `bytes:1%`, `truncate:0.5%`. Errors: ``UnitError``.
    package init(parsing text: String) throws(UnitError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.count == 1 ? .bits : Kind(rawValue: String(parts[0])) else {
            throw UnitError(text: text, expected: "a corruption: 1%, bits:1%, bytes:1% or truncate:1%")
        }
        self.init(kind, share: try Ratio(parsing: String(parts.last ?? "")))
    }
}

extension Corruption: CustomStringConvertible {
    /// The text in the form that ``init(parsing:)`` reads: `1%`, `bytes:1%`.
    package var description: String { kind == .bits ? "\(share)" : "\(kind.rawValue):\(share)" }
}
