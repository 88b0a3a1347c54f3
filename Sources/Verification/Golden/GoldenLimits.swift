import ReplayEngine
import StatsModel
import StatsPipeline

extension GoldenScenario.Limits {
    init(_ limits: LossLimits) {
        let entries = limits.patterns.map { DocumentValue.Entry($0.pattern.text, .text($0.share.description)) }
        self.init(
            counter: limits[.counter].description, gauge: limits[.gauge].description, timing: limits[.timing].description,
            critical: limits[.critical].description, patterns: entries.isEmpty ? .text("none") : .table(entries))
    }

    func resolved() throws(UnitError) -> LossLimits {
        var limits = LossLimits()
        for (lossClass, text) in [(LossClass.counter, counter), (.gauge, gauge), (.timing, timing), (.critical, critical)] {
            limits[lossClass] = try Self.share(text, of: lossClass.name)
        }
        switch patterns {
        case .text("none"): break
        case .text, .list:
            throw UnitError(
                text: PrintableText.cut("loss_limits.patterns: \(patterns.description)"),
                expected: "patterns: none, or a table such as {checkout.*: 0%}")
        case .table(let entries): for entry in entries { try Self.read(entry, into: &limits) }
        }
        return limits
    }

    private static func read(_ entry: DocumentValue.Entry, into limits: inout LossLimits) throws(UnitError) {
        let subject = try LossSubject(parsing: entry.name)
        guard case .pattern(let pattern) = subject, limits[pattern] == nil else {
            throw UnitError(
                text: "loss_limits.patterns: \(entry.name)", expected: "a pattern that stands there once, and no name of a class")
        }
        limits[pattern] = try share(entry.value.description, of: entry.name)
    }

    private static func share(_ text: String, of name: String) throws(UnitError) -> Ratio {
        do {
            return try Ratio(parsing: text)
        } catch {
            throw UnitError(text: PrintableText.cut("loss_limits.\(name): \(error.text)"), expected: error.expected)
        }
    }
}
