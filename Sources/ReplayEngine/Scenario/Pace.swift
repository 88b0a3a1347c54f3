/// The speed at which a capture is offered to the client, in tcpreplay's words. The modes exclude each other.
package enum Pace: Sendable, Equatable {
    /// The times of the recording, divided by this factor. 1 is the recording itself.
    case multiplier(Double)
    /// The number of datagrams in a second, evenly spaced.
    case packetsPerSecond(Double)
    /// The number of megabits (10^6) of UDP payload in a second.
    case megabitsPerSecond(Double)
    /// As fast as a producer can record: each event costs ``SenderModel/recordPerEvent``, and there are no pauses.
    case topspeed

    package static let recorded = Pace.multiplier(1)
}

extension Pace: CustomStringConvertible {
    /// The pace as written in golden files: `recorded`, `multiplier 10`, `pps 50000`, `mbps 12.5`, `topspeed`.
    package var description: String {
        switch self {
        case .multiplier(1): "recorded"
        case .multiplier(let factor): "multiplier \(Self.number(factor))"
        case .packetsPerSecond(let rate): "pps \(Self.number(rate))"
        case .megabitsPerSecond(let rate): "mbps \(Self.number(rate))"
        case .topspeed: "topspeed"
        }
    }

    /// Reads the text that ``description`` writes. nil for anything else.
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

    /// The command line arguments that give this pace.
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
