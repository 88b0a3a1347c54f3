import ArgumentParser
import ReplayEngine
import StatsModel

/// The speed and amount of a replay, in tcpreplay's terms.
struct RateOptions: ParsableArguments {
    @Option(name: [.customShort("x"), .long], help: ArgumentHelp("Replay so many times as fast as recorded.", valueName: "factor"))
    var multiplier: Double?

    @Option(help: ArgumentHelp("Datagrams a second.", valueName: "number"))
    var pps: Double?

    @Option(help: ArgumentHelp("Megabits of UDP payload a second.", valueName: "number"))
    var mbps: Double?

    @Flag(help: "As fast as a producer can record.")
    var topspeed = false

    @Option(help: ArgumentHelp("Play each capture so many times in a row.", valueName: "number"))
    var loop: Int?

    @Option(help: ArgumentHelp("Stop after so much virtual time, such as 10s.", valueName: "time"))
    var duration: String?

    var isGiven: Bool {
        multiplier != nil || pps != nil || mbps != nil || topspeed || loop != nil || duration != nil
    }

    func apply(to scenario: inout Scenario) throws(OptionError) {
        let modes = [("multiplier", multiplier != nil), ("pps", pps != nil), ("mbps", mbps != nil), ("topspeed", topspeed)]
        let given = modes.filter(\.1).map(\.0)
        if given.count > 1 {
            throw OptionError(option: given[1], reason: "excludes --\(given[0]): a replay has one rate")
        }
        for (name, value) in [("multiplier", multiplier), ("pps", pps), ("mbps", mbps)] {
            if let value, !(value > 0 && value.isFinite) {
                throw OptionError(option: name, reason: "\(value) is not a rate above zero")
            }
        }
        if let multiplier { scenario.pace = .multiplier(multiplier) }
        if let pps { scenario.pace = .packetsPerSecond(pps) }
        if let mbps { scenario.pace = .megabitsPerSecond(mbps) }
        if topspeed { scenario.pace = .topspeed }
        if let loop {
            guard loop >= 1 else { throw OptionError(option: "loop", reason: "\(loop) is less than 1") }
            scenario.loop = loop
        }
        if let duration {
            scenario.duration = try OptionError.read("duration") { () throws(UnitError) in try Nanoseconds(parsing: duration) }
        }
    }
}
