import NetworkEmulator
import ReplayEngine
import StatsModel

/// The fault that is made worse in whole steps, to find out how much of it a client tolerates.
///
/// A burst or an outage begins at a random time in the first half of the run. The time does not depend on the step, so that a
/// longer fault contains every shorter one.
///
/// Random draws are keyed, so that a worse step does everything to the sent packets that a milder step does. Duplicates and
/// reordering cannot be varied, since a receiver undoes any amount of them.
package enum VariedFault: String, CaseIterable, Sendable {
    /// The share of packets lost at random, in hundredths of a percent.
    case loss
    /// The share of packets with flipped bits, in hundredths of a percent.
    case corrupt = "corruption"
    /// The speed of the replay as a multiple of the recorded speed, in tenths. Step 0 is the recorded speed.
    case multiplier
    /// The number of packets lost in a row, once in a run. Second copies and heartbeats count.
    case burst
    /// The duration of an outage in milliseconds, once in a run. Every packet in this time is lost without an error to the
    /// sender.
    case outage

    /// The worst step to try. Step 0 means that the fault is absent.
    var worst: Int {
        switch self {
        case .loss, .corrupt: 10_000
        case .multiplier: 100_000
        case .burst: 65_536
        // Ten minutes.
        case .outage: 600_000
        }
    }

    /// Sets the step in a scenario.
    func apply(_ step: Int, to scenario: inout Scenario) {
        let share = Ratio(UInt64(min(step, 10_000)), outOf: 10_000)
        switch self {
        case .loss: scenario.impairments.loss = share
        case .corrupt: scenario.impairments.corrupt = share
        case .multiplier: scenario.pace = .multiplier(Double(10 + step) / 10)
        case .burst, .outage: break
        }
    }

    /// Whether each seed draws its own start time for the fault.
    var isPlaced: Bool {
        switch self {
        case .loss, .corrupt, .multiplier: false
        case .burst, .outage: true
        }
    }

    /// Adds the step to the scenario of one seed.
    ///
    /// - Parameter extent: the run's duration without the fault
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

    /// The key of the draw for the start time.
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

    /// The step as a number for machines: percent, a factor, packets or seconds.
    func value(_ step: Int) -> Double {
        switch self {
        case .loss, .corrupt: Double(step) / 100
        case .multiplier: Double(10 + step) / 10
        case .burst: Double(step)
        case .outage: Double(step) / 1000
        }
    }

    /// The unit of ``value(_:)``.
    var unit: String {
        switch self {
        case .loss, .corrupt: "percent"
        case .multiplier: "times"
        case .burst: "packets"
        case .outage: "seconds"
        }
    }

    /// The words after a step's text in a headline.
    var amount: String {
        switch self {
        case .loss, .corrupt, .multiplier: sentence
        case .burst: "lost in a row"
        case .outage: "of outage"
        }
    }

    /// The name of the fault in a report's headline.
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
