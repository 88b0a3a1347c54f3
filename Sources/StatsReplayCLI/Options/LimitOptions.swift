import ArgumentParser
import ReplayEngine
import StatsModel

/// The two meanings of `--limit`: the amount that is offered, and, if it contains `=`, the loss that is acceptable.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Acceptable loss of a class (counter, gauge, timing, critical), or of all metrics of that name or beginning as one pool: \
            timing=2%, 'checkout.*=0%'. Loss must be below it, or none at 0%. Repeatable. A number alone: stop after so many \
            datagrams. (default: counter=5% gauge=2% timing=1% critical=0%)
            """, valueName: "name=percent|number"))
    var limit: [String] = []

    var isGiven: Bool { !limit.isEmpty }

    /// The limits of loss among the words.
    func lossLimits() throws(OptionError) -> LossLimits {
        try OptionError.read("limit") { () throws(UnitError) in try LossLimits(parsing: limit.filter { $0.contains("=") }) }
    }

    func apply(to scenario: inout Scenario) throws(OptionError) {
        scenario.lossLimits = try lossLimits()
        for word in limit where !word.contains("=") {
            guard let number = UInt64(word) else {
                throw OptionError(
                    option: "limit",
                    reason: "'\(PrintableText.cut(word, 80))' is neither acceptable loss, such as timing=2% or 'checkout.*=0%', nor a number of"
                        + " datagrams")
            }
            guard number >= 1 else { throw OptionError(option: "limit", reason: "0 datagrams would replay nothing") }
            scenario.limit = number
        }
    }
}
