/// How fast a capture is offered to the client, in tcpreplay's words. The modes exclude each other.
package enum Pace: Sendable, Equatable {
    /// At the times of the recording, divided by this factor; 1 is the recording itself.
    case multiplier(Double)
    /// So many datagrams a second, evenly spaced.
    case packetsPerSecond(Double)
    /// So many megabits (10^6) of UDP payload a second.
    case megabitsPerSecond(Double)
    /// As fast as a producer can record: each event costs ``SenderModel/recordPerEvent`` and nothing waits.
    case topspeed

    package static let recorded = Pace.multiplier(1)
}

extension Pace: CustomStringConvertible {
    /// `recorded`, `multiplier 10`, `pps 50000`, `mbps 12.5`, `topspeed`: what stands in golden files.
    package var description: String {
        switch self {
        case .multiplier(1): "recorded"
        case .multiplier(let factor): "multiplier \(Self.number(factor))"
        case .packetsPerSecond(let rate): "pps \(Self.number(rate))"
        case .megabitsPerSecond(let rate): "mbps \(Self.number(rate))"
        case .topspeed: "topspeed"
        }
    }

    /// Reads what ``description`` writes; nil for anything else.
    package init?(parsing text: String) {
        let words = text.split(separator: " ")
        switch (words.first, words.count) {
        case ("recorded", 1): self = .recorded
        case ("topspeed", 1): self = .topspeed
        case (let mode?, 2):
            guard let number = Double(words[1]), number > 0, number.isFinite else { return nil }
            switch mode {
            case "multiplier": self = .multiplier(number)
            case "pps": self = .packetsPerSecond(number)
            case "mbps": self = .megabitsPerSecond(number)
            default: return nil
            }
        default: return nil
        }
    }

    /// A whole number without its `.0`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }

    /// The words of the command line that ask for this pace.
    package var arguments: [String] {
        switch self {
        case .multiplier(1): []
        case .multiplier(let factor): ["--multiplier", Self.number(factor)]
        case .packetsPerSecond(let rate): ["--pps", Self.number(rate)]
        case .megabitsPerSecond(let rate): ["--mbps", Self.number(rate)]
        case .topspeed: ["--topspeed"]
        }
    }
}
