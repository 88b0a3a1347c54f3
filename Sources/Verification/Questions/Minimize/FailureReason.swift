package import StatsModel

/// Why a run fails, as a stable key: two runs fail for the same reason when their keys are equal.
package enum FailureReason: Hashable, Sendable {
    /// Which way a detector was wrong.
    package enum Mistake: String, CaseIterable, Sendable {
        /// It did not see what was there.
        case missed
        /// It saw what was not there.
        case invented = "false"
    }

    /// Events of this type vanished or came from nowhere.
    case law(MetricType)
    /// The counts balance, what the events say does not; with aggregation, the values of a metric.
    case contents, values
    /// Packets sent are not those delivered and lost.
    case packets
    /// Records did not decode although their checksum holds.
    case codec
    case gaps(Mistake), checksums(Mistake), duplicates(Mistake)
    /// The receiver's account of missing records of this type is wrong.
    case records(MetricType)
    /// Running totals restored what was not lost.
    case restored
    /// More of this class was lost than is acceptable.
    case limit(LossClass)
}

extension FailureReason: CustomStringConvertible {
    /// The key: `law:counter`, `law:contents`, `gaps:missed`, `limit:timing`.
    package var description: String {
        switch self {
        case .law(let type): "law:\(type.name)"
        case .contents: "law:contents"
        case .values: "law:values"
        case .packets: "packets"
        case .codec: "codec"
        case .gaps(let mistake): "gaps:\(mistake.rawValue)"
        case .checksums(let mistake): "checksums:\(mistake.rawValue)"
        case .duplicates(let mistake): "duplicates:\(mistake.rawValue)"
        case .records(let type): "records:\(type.name)"
        case .restored: "restored"
        case .limit(let lossClass): "limit:\(lossClass.name)"
        }
    }

    /// What people are told.
    package var sentence: String {
        switch self {
        case .law(let type): "events of type \(type.name) vanish or come from nowhere"
        case .contents: "events do not say what was offered"
        case .values: "the values of a metric do not balance"
        case .packets: "packets sent are not those delivered and lost"
        case .codec: "records do not decode"
        case .gaps(.missed): "a gap is missed"
        case .gaps(.invented): "a gap is reported that is none"
        case .checksums(.missed): "a bad checksum is accepted"
        case .checksums(.invented): "a good checksum is refused"
        case .duplicates(.missed): "a duplicate is not recognised"
        case .duplicates(.invented): "a packet is called a duplicate that is none"
        case .records(let type): "the receiver's account of missing records of type \(type.name) is wrong"
        case .restored: "running totals restore what was not lost"
        case .limit(let lossClass): "the limit of \(lossClass.name) is broken"
        }
    }

    /// Every key there is, the weightiest first: a broken law before a wrong detector, that before a limit, and among the
    /// limits what must not be lost at all first.
    package static var all: [FailureReason] {
        var all = MetricType.allCases.map(FailureReason.law) + [.contents, .values, .packets, .codec]
        all += Mistake.allCases.map(FailureReason.gaps) + Mistake.allCases.map(FailureReason.checksums)
        all += MetricType.allCases.map(FailureReason.records) + Mistake.allCases.map(FailureReason.duplicates)
        return all + [.restored] + [LossClass.critical, .counter, .gauge, .timing].map(FailureReason.limit)
    }

    /// Whether a person who writes `word` means this: the key, or its part before the colon (`limit`, `gaps`).
    package func isMeant(by word: String) -> Bool {
        let key = description
        return key == word || key.hasPrefix("\(word):")
    }
}
