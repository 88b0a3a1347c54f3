import ReplayEngine
package import StatsModel
package import StatsPipeline

/// The reason why a run fails, as a stable key. Two runs fail for the same reason if their keys are equal.
package enum FailureReason: Hashable, Sendable {
    /// The two ways in which a detector can be wrong.
    package enum Mistake: String, CaseIterable, Sendable {
        /// The detector did not report something that happened.
        case missed
        /// The detector reported something that did not happen.
        case invented = "false"
    }

    /// Events of this type vanished without a named loss, or appeared from nowhere.
    case law(MetricType)
    /// The counts balance, but the contents of events do not. With aggregation, the values of a metric do not balance.
    case contents, values
    /// The number of sent packets is not the sum of delivered and lost packets.
    case packets
    /// Records did not decode although their checksum is good.
    case codec
    case gaps(Mistake), checksums(Mistake), duplicates(Mistake)
    /// The receiver's count of missing records of this type is wrong.
    case records(MetricType)
    /// Running totals recovered more events than were lost, or other values.
    case recovered
    /// The limit of this class is broken.
    case limit(LossClass)
    /// The limit of this pattern is broken.
    case patternLimit(MetricPattern)

    /// The reason for a broken limit of this subject.
    init(_ subject: LossSubject) {
        switch subject {
        case .lossClass(let lossClass): self = .limit(lossClass)
        case .pattern(let pattern): self = .patternLimit(pattern)
        }
    }

    /// The subject of the broken limit. nil if the reason is not a limit.
    var limitSubject: LossSubject? {
        switch self {
        case .limit(let lossClass): .lossClass(lossClass)
        case .patternLimit(let pattern): .pattern(pattern)
        case .law, .contents, .values, .packets, .codec, .gaps, .checksums, .duplicates, .records, .recovered: nil
        }
    }
}

extension FailureReason: CustomStringConvertible {
    /// The key: `law:counter`, `law:contents`, `gaps:missed`, `limit:timing`, `limit:checkout.*`.
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
        case .recovered: "recovered"
        case .limit(let lossClass): "limit:\(lossClass.name)"
        case .patternLimit(let pattern): "limit:\(pattern)"
        }
    }

    /// The reason as a sentence for people.
    package var sentence: String {
        switch self {
        case .law(let type): "events of type \(type.name) vanish or come from nowhere"
        case .contents: "events do not say what was offered"
        case .values: "the values of a metric do not balance"
        case .packets: "packets sent are not those delivered and lost"
        case .codec: "records do not decode"
        case .gaps(.missed): "a gap is missed"
        case .gaps(.invented): "a gap is reported that does not exist"
        case .checksums(.missed): "a bad checksum is accepted"
        case .checksums(.invented): "a good checksum is refused"
        case .duplicates(.missed): "a duplicate is not recognised"
        case .duplicates(.invented): "a packet that came once is called a duplicate"
        case .records(let type): "the receiver's account of missing records of type \(type.name) is wrong"
        case .recovered: "running totals recover events that were not lost"
        case .limit(let lossClass): "the limit of \(lossClass.name) is broken"
        case .patternLimit(let pattern): "the limit of \(pattern) is broken"
        }
    }

    /// Every possible reason, the most serious first: broken laws, then wrong detectors, then broken limits. Among the limits,
    /// critical events come first, then the patterns, and then the other classes.
    ///
    /// - Parameter patterns: the patterns for which the scenario has limits
    package static func all(patterns: [MetricPattern]) -> [FailureReason] {
        var all = MetricType.allCases.map(FailureReason.law) + [.contents, .values, .packets, .codec]
        all += Mistake.allCases.map(FailureReason.gaps) + Mistake.allCases.map(FailureReason.checksums)
        all += MetricType.allCases.map(FailureReason.records) + Mistake.allCases.map(FailureReason.duplicates)
        all += [.recovered, .limit(.critical)] + patterns.map(FailureReason.patternLimit)
        return all + [LossClass.counter, .gauge, .timing].map(FailureReason.limit)
    }

    /// Whether `word` names this reason: by its whole key, or by the part before the colon (`limit`, `gaps`).
    package func isMeant(by word: String) -> Bool {
        let key = description
        return key == word || key.hasPrefix("\(word):")
    }
}
