import ArgumentParser
import NetworkEmulator
import StatsModel
import StatsReplay

/// An option whose text cannot be read: which one, and why.
struct OptionError: Error, CustomStringConvertible {
    let option: String
    let reason: String
    var description: String { "--\(option): \(reason)." }

    /// Reads one option's text.
    static func read<Value>(_ option: String, _ parse: () throws(UnitError) -> Value) throws(OptionError) -> Value {
        do {
            return try parse()
        } catch {
            throw OptionError(option: option, reason: "\(error)")
        }
    }
}

/// What the network does to packets, in tc-netem's words.
struct NetworkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Share of packets dropped at random, such as 3%.", valueName: "percent"))
    var loss: String?

    @Option(help: ArgumentHelp("Share of packets in which bits are flipped.", valueName: "percent"))
    var corrupt: String?

    @Option(help: ArgumentHelp("Share of packets that arrive twice.", valueName: "percent"))
    var duplicate: String?

    @Option(help: ArgumentHelp("Share of packets that later ones overtake.", valueName: "percent"))
    var reorder: String?

    @Option(help: ArgumentHelp("Delay of every packet, such as 20ms.", valueName: "time"))
    var delay: String?

    @Option(help: ArgumentHelp("Random deviation of the delay to either side.", valueName: "time"))
    var jitter: String?

    @Option(help: ArgumentHelp("Drop these data packets: 3,17,40...60.", valueName: "packets"))
    var drop: String?

    var isGiven: Bool { [loss, corrupt, duplicate, reorder, delay, jitter, drop].contains { $0 != nil } }

    func impairments() throws(OptionError) -> Impairments {
        var result = Impairments()
        if let loss { result.loss = try OptionError.read("loss") { () throws(UnitError) in try Ratio(parsing: loss) } }
        if let corrupt {
            result.corrupt = try OptionError.read("corrupt") { () throws(UnitError) in try Ratio(parsing: corrupt) }
        }
        if let duplicate {
            result.duplicate = try OptionError.read("duplicate") { () throws(UnitError) in try Ratio(parsing: duplicate) }
        }
        if let reorder {
            result.reorder = try OptionError.read("reorder") { () throws(UnitError) in try Ratio(parsing: reorder) }
        }
        if let delay {
            result.delay = try OptionError.read("delay") { () throws(UnitError) in try Nanoseconds(parsing: delay) }
        }
        if let jitter {
            result.jitter = try OptionError.read("jitter") { () throws(UnitError) in try Nanoseconds(parsing: jitter) }
        }
        if let drop {
            result.drop = try OptionError.read("drop") { () throws(UnitError) in try SequenceList.parse(drop) }
        }
        return result
    }
}
