import NetworkEmulator
import ReplayEngine
import StatsModel

/// Which fault is made worse, in whole steps, to find out how much of it a client bears.
///
/// A burst and an outage begin where each seed's draw says, in the first half of the run, at every step: a longer one holds
/// every shorter one.
///
/// Draws are keyed, so what a milder step does to the packets sent, a worse one does too. Duplicates and reordering
/// are left out: a receiver undoes both, however many there are.
package enum VariedFault: String, CaseIterable, Sendable {
    /// Share of packets lost at random, in hundredths of a percent.
    case loss
    /// Share of packets with flipped bits, in hundredths of a percent.
    case corrupt = "corruption"
    /// How many times as fast as recorded, in tenths, beginning with one.
    case multiplier
    /// Packets in a row that are lost, second copies and heartbeats among them, once in a run.
    case burst
    /// A time in which every packet vanishes without a word, once in a run, in milliseconds.
    case outage

    /// The worst step that is looked at; the mildest is 0, where this fault is absent.
    var worst: Int {
        switch self {
        case .loss, .corrupt: 10_000
        case .multiplier: 100_000
        case .burst: 65_536
        // Ten minutes.
        case .outage: 600_000
        }
    }

    /// Puts that step into a scenario.
    func apply(_ step: Int, to scenario: inout Scenario) {
        let share = Ratio(UInt64(min(step, 10_000)), outOf: 10_000)
        switch self {
        case .loss: scenario.impairments.loss = share
        case .corrupt: scenario.impairments.corrupt = share
        case .multiplier: scenario.pace = .multiplier(Double(10 + step) / 10)
        case .burst, .outage: break
        }
    }

    /// Whether each seed has a place of its own for it in the run.
    var isPlaced: Bool {
        switch self {
        case .loss, .corrupt, .multiplier: false
        case .burst, .outage: true
        }
    }

    /// Puts that step into the scenario of one seed.
    ///
    /// - Parameter extent: how long the run is without the fault
    func place(_ step: Int, in scenario: inout Scenario, extent: Nanoseconds) {
        guard step > 0 else { return }
        let half = UInt64(max(1, extent.rawValue / 2_000_000))
        let start = Nanoseconds.milliseconds(
            Int64(KeyedRandom(seed: scenario.seed).draw(rule: Self.placeRule, flow: 0, sequence: 0) % half))
        switch self {
        case .loss, .corrupt, .multiplier: break
        case .burst: scenario.impairments.failures.append(DownstreamFault(.burst(step), start: start))
        case .outage:
            scenario.impairments.failures.append(
                DownstreamFault(.blackhole, start: start, length: .milliseconds(Int64(step))))
        }
    }

    /// Keys the draw of the place.
    private static let placeRule: UInt64 = 0x7013_AC3E

    /// The step with its unit: `3.12 %`, `12.5 x`.
    func text(_ step: Int) -> String {
        switch self {
        case .loss, .corrupt: "\(PercentText.twoDecimals(Double(step) / 100)) %"
        case .multiplier: "\((10 + step) / 10).\((10 + step) % 10) x"
        case .burst: step == 1 ? "1 packet" : "\(step) packets"
        case .outage: Nanoseconds.milliseconds(Int64(step)).description
        }
    }

    /// The step as a number for machines: percent, the factor, packets or seconds.
    func value(_ step: Int) -> Double {
        switch self {
        case .loss, .corrupt: Double(step) / 100
        case .multiplier: Double(10 + step) / 10
        case .burst: Double(step)
        case .outage: Double(step) / 1000
        }
    }

    /// What one unit of ``value(_:)`` is.
    var unit: String {
        switch self {
        case .loss, .corrupt: "percent"
        case .multiplier: "times"
        case .burst: "packets"
        case .outage: "seconds"
        }
    }

    /// What stands behind a step's text in a headline.
    var amount: String {
        switch self {
        case .loss, .corrupt, .multiplier: sentence
        case .burst: "lost in a row"
        case .outage: "of outage"
        }
    }

    /// What is varied, for a report's headline.
    var sentence: String {
        switch self {
        case .loss: "random loss"
        case .corrupt: "corruption"
        case .multiplier: "speed"
        case .burst: "burst loss"
        case .outage: "outage"
        }
    }
}
