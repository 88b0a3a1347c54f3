package import StatsModel

/// How packets are lost at random, in tc-netem's terms (`loss random`, `loss gemodel`, `loss state`).
///
/// Each model is a Markov chain over the numbers of the data packets. Sources/FAULTS.md defines every parameter, says where
/// netem's manual and code disagree, and derives rates and burst lengths.
package enum LossModel: Hashable, Sendable {
    /// Each packet is lost with this probability. The correlation is the weight of the packet before. The rate stays the same,
    /// and losses come in bursts of `1 / ((1 - rate) * (1 - correlation))` on average.
    case random(Ratio, correlation: Ratio)
    /// Gilbert-Elliott. `p` leads from the good state to the bad one, `r` from the bad one back. Both are drawn once a packet.
    case gemodel(p: Ratio, r: Ratio, lossInBad: Ratio, lossInGood: Ratio)
    /// Four states: 1 received, 4 lost alone, 3 lost within a burst, 2 received within a burst.
    case state(p13: Ratio, p31: Ratio, p32: Ratio, p23: Ratio, p14: Ratio)
}

extension LossModel {
    /// Reads `3%`, `random:3%,25%`, `gemodel:p[,r[,1-h[,1-k]]]` or `state:p13[,p31[,p32[,p23[,p14]]]]`.
    ///
    /// Omitted parameters have tc's defaults: `r` = 1 - p, `1-h` = 100 %, `1-k` = 0; `p31` = 1 - p13, `p32` = 0, `p23` = 100 %,
    /// `p14` = 0.
    ///
    /// Errors: ``UnitError`` naming the parameter.
    package init(parsing text: String) throws(UnitError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let model = parts.count == 2 ? Self.trimmed(parts[0]) : "random"
        let words = (parts.last ?? "").split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
        switch model {
        case "random":
            let values = try Self.read(words, ["rate", "correlation"], of: model)
            self = .random(values[0], correlation: values.count > 1 ? values[1] : .zero)
        case "gemodel":
            let values = try Self.read(words, ["p", "r", "1-h", "1-k"], of: model)
            self = .gemodel(
                p: values[0], r: values.count > 1 ? values[1] : values[0].complement,
                lossInBad: values.count > 2 ? values[2] : .one, lossInGood: values.count > 3 ? values[3] : .zero)
        case "state":
            let values = try Self.read(words, ["p13", "p31", "p32", "p23", "p14"], of: model)
            self = .state(
                p13: values[0], p31: values.count > 1 ? values[1] : values[0].complement,
                p32: values.count > 2 ? values[2] : .zero, p23: values.count > 3 ? values[3] : .one,
                p14: values.count > 4 ? values[4] : .zero)
        default:
            throw UnitError(
                text: text, expected: "a loss model: 3%, random:3%,25%, gemodel:1%,10% or state:1%,20%")
        }
        try check(text)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func read(_ words: [String], _ names: [String], of model: String) throws(UnitError) -> [Ratio] {
        guard words.count <= names.count else {
            throw UnitError(
                text: words.joined(separator: ","),
                expected: "a \(model) model: it has \(names.count) parameters at most (\(names.joined(separator: ", ")))")
        }
        var values: [Ratio] = []
        for (word, name) in zip(words, names) {
            do throws(UnitError) {
                values.append(try Ratio(parsing: word))
            } catch {
                throw UnitError(text: error.text, expected: "\(error.expected) (\(name) of \(model))")
            }
        }
        return values
    }

    /// Refuses transitions whose probabilities exceed 100 % in total.
    private func check(_ text: String) throws(UnitError) {
        guard case .state(let p13, let p31, let p32, _, let p14) = self else { return }
        if !Ratio.fit(p13, p14) { throw UnitError(text: text, expected: "possible: p13 + p14 is more than 100%") }
        if !Ratio.fit(p31, p32) { throw UnitError(text: text, expected: "possible: p31 + p32 is more than 100%") }
    }

    /// Whether every draw has at most one outcome. This is always true for values from ``init(parsing:)``.
    var isPossible: Bool {
        guard case .state(let p13, let p31, let p32, _, let p14) = self else { return true }
        return Ratio.fit(p13, p14) && Ratio.fit(p31, p32)
    }
}

extension LossModel: CustomStringConvertible {
    /// The text in the form that ``init(parsing:)`` reads, with every parameter: `3%`, `gemodel:1%,10%,100%,0%`.
    package var description: String {
        switch self {
        case .random(let rate, let correlation) where correlation.isZero: "\(rate)"
        case .random(let rate, let correlation): "random:\(rate),\(correlation)"
        case .gemodel(let p, let r, let bad, let good): "gemodel:\(p),\(r),\(bad),\(good)"
        case .state(let p13, let p31, let p32, let p23, let p14): "state:\(p13),\(p31),\(p32),\(p23),\(p14)"
        }
    }
}
