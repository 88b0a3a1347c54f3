package import NetworkEmulator
import ReplayEngine
import StatsModel

/// The faults of the network, written as options of `statsreplay run`.
///
///     let network = try ReplayNetwork(parsing: "--loss 3% --reorder 5% --delay 20ms")
///
/// `statsreplay run --help` lists the options, and `Sources/FAULTS.md` defines each fault.
public struct ReplayNetwork: Equatable, Sendable, CustomStringConvertible {
    private let reference: Reference<Impairments>
    package var impairments: Impairments { reference.value }

    /// A network without faults: every packet arrives, at once and in order.
    public static let perfect = ReplayNetwork(Impairments())

    package init(_ impairments: Impairments) { reference = Reference(impairments) }

    /// Whether both have the same faults.
    public static func == (a: Self, b: Self) -> Bool { a.impairments == b.impairments }

    /// Reads options, separated by spaces. An empty text means ``perfect``. A fault with the share zero is left out.
    ///
    /// Throws ``ReplayError`` with the option, its value and the allowed values.
    public init(parsing text: String) throws(ReplayError) {
        var words = text.split(separator: " ").map(String.init)[...]
        var result = Impairments()
        while let word = words.popFirst() {
            do throws(UnitError) {
                if word == "--no-return-path" {
                    result.hasReturnPath = false
                    continue
                }
                guard let value = words.popFirst() else { throw UnitError(text: "", expected: "a value behind the word") }
                try Self.apply(word, value, to: &result)
            } catch {
                throw ReplayError(.invalidTest, "network: \(word): \(error)")
            }
        }
        reference = Reference(result)
    }

    /// The options that give this network. Options with the same value as in ``perfect`` are left out.
    public var description: String { impairments.arguments.joined(separator: " ") }

    private static func apply(_ word: String, _ value: String, to result: inout Impairments) throws(UnitError) {
        switch word {
        case "--profile": result = try profile(value)
        case "--fail": result.failures.append(try DownstreamFault(parsing: value))
        case "--loss":
            let model = try LossModel(parsing: value)
            if model != .random(.zero, correlation: .zero) { result.losses.append(model) }
        case "--loss-burst-max": result.lossBurstMaximum = try number(value)
        case "--corrupt":
            let corruption = try Corruption(parsing: value)
            if !corruption.share.isZero { result.corruptions.append(corruption) }
        case "--duplicate":
            let share = try Ratio(parsing: value)
            if !share.isZero { result.duplicates.append(share) }
        case "--reorder": result.reorder = try Ratio(parsing: value)
        case "--gap": result.gap = try number(value)
        case "--delay": result.delay = try Nanoseconds(parsing: value)
        case "--jitter": result.jitter = try Nanoseconds(parsing: value)
        case "--delay-distribution": result.distribution = try DelayDistribution(parsing: value)
        case "--bandwidth": result.bottleneck = Bottleneck(rate: try BitRate(parsing: value))
        case "--queue":
            guard result.bottleneck != nil else { throw UnitError(text: value, expected: "behind a --bandwidth, such as 10mbit") }
            result.bottleneck?.queue = try Bottleneck.Queue(parsing: value)
        case "--mtu": result.mtu = try MaximumTransmissionUnit(parsing: value)
        case "--drop": result.drop = try SequenceList.parse(value)
        case "--only": result.only = try SequenceList.parse(value)
        default: throw UnitError(text: word, expected: "a fault; `statsreplay run --help` lists them")
        }
    }

    private static func number(_ text: String) throws(UnitError) -> Int {
        guard let number = Int(text), number >= 1 else { throw UnitError(text: text, expected: "a number of at least 1") }
        return number
    }

    private static func profile(_ name: String) throws(UnitError) -> Impairments {
        guard let profile = NetworkProfile.all.first(where: { $0.name == name }) else {
            throw UnitError(text: name, expected: "one of \(NetworkProfile.all.map(\.name).joined(separator: ", "))")
        }
        return profile.impairments
    }
}
