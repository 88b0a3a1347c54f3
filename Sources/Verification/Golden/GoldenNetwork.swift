import NetworkEmulator
import ReplayEngine
import StatsModel

extension GoldenScenario.Network {
    /// The separator between several rules of one kind: `3% + gemodel:1%,10%,100%,0%`.
    private static let separator = " + "

    private static func text(_ rules: [some CustomStringConvertible]) -> String {
        rules.isEmpty ? "0%" : rules.map(\.description).joined(separator: separator)
    }

    init(_ impairments: Impairments) {
        self.init(
            loss: Self.text(impairments.losses), corrupt: Self.text(impairments.corruptions),
            duplicate: Self.text(impairments.duplicates), reorder: impairments.reorder.description,
            delay: impairments.delay.description, jitter: impairments.jitter.description,
            drop: impairments.drop.isEmpty ? "none" : impairments.drop.map(Judgement.text).joined(separator: ","),
            reorderGap: impairments.reorderGap, reorderHold: impairments.reorderHold.description,
            maximumInFlight: impairments.maximumInFlight, lossBurstMaximum: impairments.lossBurstMaximum,
            gap: impairments.gap == 1 ? nil : impairments.gap,
            delayDistribution: impairments.distribution == .uniform ? nil : impairments.distribution.rawValue,
            bandwidth: impairments.bottleneck?.rate.description, queue: impairments.bottleneck?.queue.description,
            mtu: impairments.mtu?.description,
            fail: impairments.failures.isEmpty ? nil : Self.text(impairments.failures), only: impairments.onlyText,
            returnPath: impairments.hasReturnPath ? nil : "none")
    }

    /// Reads the rules from these words. `0%` stands for no rules.
    private static func rules<Rule>(
        _ text: String, _ read: (String) throws(UnitError) -> Rule
    ) throws(UnitError) -> [Rule] {
        var rules: [Rule] = []
        if text == "0%" { return rules }
        for word in text.split(separator: separator) { rules.append(try read(String(word))) }
        return rules
    }

    func resolved() throws(UnitError) -> Impairments {
        var result = Impairments()
        result.losses = try Self.rules(loss) { word throws(UnitError) in try LossModel(parsing: word) }
        result.corruptions = try Self.rules(corrupt) { word throws(UnitError) in try Corruption(parsing: word) }
        result.duplicates = try Self.rules(duplicate) { word throws(UnitError) in try Ratio(parsing: word) }
        result.reorder = try Ratio(parsing: reorder)
        result.delay = try Nanoseconds(parsing: delay)
        result.jitter = try Nanoseconds(parsing: jitter)
        result.reorderGap = reorderGap
        result.reorderHold = try Nanoseconds(parsing: reorderHold)
        result.maximumInFlight = maximumInFlight
        if drop != "none" { result.drop = try SequenceList.parse(drop) }
        if let only { result.only = try SequenceList.parse(only) }
        if let returnPath, returnPath != "none" { throw UnitError(text: returnPath, expected: "a return path: none, or left out") }
        result.hasReturnPath = returnPath == nil
        result.lossBurstMaximum = lossBurstMaximum
        result.gap = gap ?? 1
        if let delayDistribution { result.distribution = try DelayDistribution(parsing: delayDistribution) }
        if let bandwidth {
            result.bottleneck = Bottleneck(
                rate: try BitRate(parsing: bandwidth), queue: try Bottleneck.Queue(parsing: queue ?? "\(Bottleneck.Queue.standard)"))
        }
        if let mtu { result.mtu = try MaximumTransmissionUnit(parsing: mtu) }
        if let fail {
            result.failures = try Self.rules(fail) { word throws(UnitError) in try DownstreamFault(parsing: word) }
        }
        return result
    }
}
