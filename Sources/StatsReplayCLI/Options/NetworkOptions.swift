import ArgumentParser
import NetworkEmulator
import ReplayEngine
import StatsModel

/// An option with invalid text: its name and the reason.
struct OptionError: Error, CustomStringConvertible {
    let option: String
    let reason: String
    var description: String { "--\(option): \(reason)." }

    /// Parses the text of one option.
    static func read<Value>(_ option: String, _ parse: () throws(UnitError) -> Value) throws(OptionError) -> Value {
        do {
            return try parse()
        } catch {
            throw OptionError(option: option, reason: "\(error)")
        }
    }

    /// Parses the texts of a repeatable option.
    static func read<Value>(
        _ option: String, _ texts: [String], _ parse: (String) throws(UnitError) -> Value
    ) throws(OptionError) -> [Value] {
        var values: [Value] = []
        for text in texts { values.append(try read(option) { () throws(UnitError) in try parse(text) }) }
        return values
    }
}

/// The faults of the network, in tc-netem's terms.
struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Random loss: 3%, random:3%,25% (correlated), gemodel:p,r,1-h,1-k or state:p13,p31,p32,p23,p14. Repeatable.",
            valueName: "model"))
    var loss: [String] = []

    @Option(help: ArgumentHelp("Let a packet through after so many lost in a row.", valueName: "number"))
    var lossBurstMax: Int?

    @Option(
        help: ArgumentHelp("Damage packets: 1% (bits), bytes:1% or truncate:1%. Repeatable.", valueName: "percent"))
    var corrupt: [String] = []

    @Option(help: ArgumentHelp("Share of packets that arrive twice. Repeatable.", valueName: "percent"))
    var duplicate: [String] = []

    @Option(help: ArgumentHelp("Share of packets that later ones overtake.", valueName: "percent"))
    var reorder: String?

    @Option(help: ArgumentHelp("Reorder every so many packets at most, as netem's gap.", valueName: "number"))
    var gap: Int?

    @Option(help: ArgumentHelp("Delay of every packet, such as 20ms.", valueName: "time"))
    var delay: String?

    @Option(help: ArgumentHelp("Random deviation of the delay to either side.", valueName: "time"))
    var jitter: String?

    @Option(help: ArgumentHelp("How the jitter spreads: uniform, normal, pareto or paretonormal.", valueName: "name"))
    var delayDistribution: String?

    @Option(help: ArgumentHelp("Rate of the link, such as 10mbit; what its queue cannot hold is lost.", valueName: "rate"))
    var bandwidth: String?

    @Option(
        help: ArgumentHelp("Queue of the link: packets, or a size such as 64KiB. (default: 1000)", valueName: "size"))
    var queue: String?

    @Option(
        help: ArgumentHelp(
            "Longest IP packet: longer datagrams travel in fragments, each of which can be lost.", valueName: "bytes"))
    var mtu: String?

    @Option(help: ArgumentHelp("Drop these data packets: 3,17,40...60.", valueName: "packets"))
    var drop: String?

    @Option(help: ArgumentHelp("Random faults affect only these data packets: 3,17,40...60.", valueName: "packets"))
    var only: String?

    @Option(
        help: ArgumentHelp(
            "Failing receiver: refuse@2s+500ms, unreachable, blackhole, stall, buffers, slow@2s+1s:+20ms, burst@2s:12 (packets),"
                + " restart@2s, restart@2s+500ms; or client: client-restart@2s; /30s repeats. Repeatable.",
            valueName: "failure"))
    var fail: [String] = []

    @Flag(name: .customLong("no-return-path"), help: "The receiver never answers.")
    var noReturnPath = false

    @Option(help: ArgumentHelp("A network or failing receiver by name; see `statsreplay profiles`.", valueName: "name"))
    var profile: String?

    var isGiven: Bool {
        let texts = [profile, reorder, delay, jitter, delayDistribution, bandwidth, queue, mtu, drop, only]
        return texts.contains { $0 != nil } || lossBurstMax != nil || gap != nil || noReturnPath
            || !(fail.isEmpty && loss.isEmpty && corrupt.isEmpty && duplicate.isEmpty)
    }

    func impairments() throws(OptionError) -> Impairments {
        var result = try profileImpairments()
        try applyRules(to: &result)
        if noReturnPath { result.hasReturnPath = false }
        if let lossBurstMax {
            guard lossBurstMax >= 1 else {
                throw OptionError(option: "loss-burst-max", reason: "\(lossBurstMax) is less than 1")
            }
            result.lossBurstMaximum = lossBurstMax
        }
        if let reorder {
            result.reorder = try OptionError.read("reorder") { () throws(UnitError) in try Ratio(parsing: reorder) }
        }
        if let gap {
            guard gap >= 1 else { throw OptionError(option: "gap", reason: "\(gap) is less than 1") }
            result.gap = gap
        }
        if let delay {
            result.delay = try OptionError.read("delay") { () throws(UnitError) in try Nanoseconds(parsing: delay) }
        }
        if let jitter {
            result.jitter = try OptionError.read("jitter") { () throws(UnitError) in try Nanoseconds(parsing: jitter) }
        }
        if let delayDistribution {
            result.distribution = try OptionError.read("delay-distribution") { () throws(UnitError) in
                try DelayDistribution(parsing: delayDistribution)
            }
        }
        try applyLink(to: &result)
        if let drop {
            result.drop = try OptionError.read("drop") { () throws(UnitError) in try SequenceList.parse(drop) }
        }
        if let only {
            result.only = try OptionError.read("only") { () throws(UnitError) in try SequenceList.parse(only) }
        }
        return result
    }

    /// The impairments of the profile. Other options add rules to it or replace its values.
    private func profileImpairments() throws(OptionError) -> Impairments {
        guard let profile else { return Impairments() }
        guard let known = NetworkProfile.all.first(where: { $0.name == profile }) else {
            let names = NetworkProfile.all.map(\.name).joined(separator: ", ")
            throw OptionError(option: "profile", reason: "'\(profile)' is none of \(names)")
        }
        return known.impairments
    }

    /// Applies the repeatable options. A share of zero makes no rule.
    private func applyRules(to result: inout Impairments) throws(OptionError) {
        result.failures += try OptionError.read("fail", fail) { text throws(UnitError) in
            try DownstreamFault(parsing: text)
        }
        result.losses += try OptionError.read("loss", loss) { text throws(UnitError) in try LossModel(parsing: text) }
            .filter { $0 != .random(.zero, correlation: .zero) }
        result.corruptions += try OptionError.read("corrupt", corrupt) { text throws(UnitError) in
            try Corruption(parsing: text)
        }.filter { !$0.share.isZero }
        result.duplicates += try OptionError.read("duplicate", duplicate) { text throws(UnitError) in
            try Ratio(parsing: text)
        }.filter { !$0.isZero }
    }

    private func applyLink(to result: inout Impairments) throws(OptionError) {
        if let bandwidth {
            let rate = try OptionError.read("bandwidth") { () throws(UnitError) in try BitRate(parsing: bandwidth) }
            result.bottleneck = Bottleneck(rate: rate)
        }
        if let queue {
            guard result.bottleneck != nil else {
                throw OptionError(option: "queue", reason: "a queue needs a --bandwidth to wait for, such as 10mbit")
            }
            result.bottleneck?.queue = try OptionError.read("queue") { () throws(UnitError) in
                try Bottleneck.Queue(parsing: queue)
            }
        }
        if let mtu {
            result.mtu = try OptionError.read("mtu") { () throws(UnitError) in
                try MaximumTransmissionUnit(parsing: mtu)
            }
        }
    }
}
