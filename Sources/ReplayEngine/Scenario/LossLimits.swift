package import StatsModel
package import StatsPipeline

/// The loss that a scenario accepts: one limit for each class, and limits for metrics by patterns of their names.
///
/// Each limit is judged by itself. A metric counts for its class, and for every pattern that matches its name. All metrics that
/// match one pattern are judged as one pool.
package struct LossLimits: Sendable, Equatable {
    /// The largest number of patterns. Each metric of a run is compared with all of them.
    package static let patternLimit = 64

    /// 5 % of counters, 2 % of gauges, 1 % of timings, and no critical events.
    package static let standard = LossLimits()

    /// In the order of ``StatsModel/LossClass``.
    private var classShares = [Ratio(5, outOf: 100), Ratio(2, outOf: 100), Ratio(1, outOf: 100), Ratio.zero]
    /// Sorted by the bytes of their texts, each pattern once, so that the order on a command line has no effect.
    package private(set) var patterns: [(pattern: MetricPattern, share: Ratio)] = []

    package init() {}

    /// The limit of a class.
    package subscript(lossClass: LossClass) -> Ratio {
        get { classShares[Int(lossClass.rawValue)] }
        set { classShares[Int(lossClass.rawValue)] = newValue }
    }

    /// The limit of a pattern. nil if the pattern has none. O(patterns).
    package subscript(pattern: MetricPattern) -> Ratio? {
        get { patterns.first { $0.pattern == pattern }?.share }
        set {
            patterns.removeAll { $0.pattern == pattern }
            guard let newValue else { return }
            let place = patterns.firstIndex { pattern.text.utf8.lexicographicallyPrecedes($0.pattern.text.utf8) }
            patterns.insert((pattern, newValue), at: place ?? patterns.count)
        }
    }

    /// The four classes in their order, and then the patterns in their order.
    package var all: [LossLimit] {
        LossClass.allCases.map { LossLimit(.lossClass($0), self[$0]) } + patterns.map { LossLimit(.pattern($0.pattern), $0.share) }
    }

    /// The standard limits, with this scenario's limit for one subject. nil gives the standard limits alone.
    package func keeping(_ subject: LossSubject?) -> LossLimits {
        var result = LossLimits.standard
        for limit in all where limit.subject == subject { result.set(limit) }
        return result
    }

    package static func == (a: Self, b: Self) -> Bool { a.all == b.all }

    /// Errors: ``StatsModel/UnitError`` for too many patterns, and for patterns that cannot be written down.
    package func validate() throws(UnitError) {
        guard patterns.count <= Self.patternLimit else {
            throw UnitError(
                text: "loss_limits: \(patterns.count) patterns", expected: "allowed: a scenario holds at most \(Self.patternLimit) of them")
        }
        for (pattern, _) in patterns where !LossSubject.pattern(pattern).isUsable {
            _ = try LossSubject(parsing: pattern.text)
            throw UnitError(text: pattern.text, expected: "a pattern, but the name of a class")
        }
    }
}

extension LossLimits {
    /// Reads limits as written on command lines. Classes that are not mentioned have their ``standard`` limit.
    ///
    /// Errors: ``StatsModel/UnitError`` for a word that is no limit, a second limit for one subject, and too many patterns.
    package init(parsing words: [String]) throws(UnitError) {
        self.init()
        var stated: [LossSubject] = []
        for word in words {
            let limit = try LossLimit(parsing: word)
            guard !stated.contains(limit.subject) else {
                throw UnitError(text: word, expected: "allowed: \(limit.subject.name) has a limit already, and can have only one")
            }
            stated.append(limit.subject)
            set(limit)
        }
        try validate()
    }

    package mutating func set(_ limit: LossLimit) {
        switch limit.subject {
        case .lossClass(let lossClass): self[lossClass] = limit.share
        case .pattern(let pattern): self[pattern] = limit.share
        }
    }

    /// The command line arguments that give these limits. Classes with their ``standard`` limit are left out.
    package var arguments: [String] {
        let standard = LossLimits.standard
        let classes = LossClass.allCases.filter { self[$0] != standard[$0] }.map { LossLimit(.lossClass($0), self[$0]) }
        let stated = classes + patterns.map { LossLimit(.pattern($0.pattern), $0.share) }
        return stated.flatMap { ["--limit", $0.description] }
    }
}
