import NetworkEmulator
import StatsModel
import StatsReplay

/// Which fault is made worse, in whole steps, to find out how much of it a client bears.
///
/// Draws are keyed, so what a milder step does to the packets sent, a worse one does too. Duplicates and reordering
/// are left out: a receiver undoes both, however many there are.
public enum VariedFault: String, CaseIterable, Sendable {
    /// Share of packets lost at random, in hundredths of a percent.
    case loss
    /// Share of packets with flipped bits, in hundredths of a percent.
    case corrupt
    /// How many times as fast as recorded, in tenths, beginning with one.
    case multiplier

    /// The worst step that is looked at; the mildest is 0, where this fault is absent.
    var worst: Int {
        switch self {
        case .loss, .corrupt: 10_000
        case .multiplier: 100_000
        }
    }

    /// Puts that step into a scenario.
    func apply(_ step: Int, to scenario: inout Scenario) {
        let share = Ratio(UInt64(min(step, 10_000)), outOf: 10_000)
        switch self {
        case .loss: scenario.impairments.loss = share
        case .corrupt: scenario.impairments.corrupt = share
        case .multiplier: scenario.pace = .multiplier(Double(10 + step) / 10)
        }
    }

    /// The step with its unit: `3.12 %`, `12.5 x`.
    func text(_ step: Int) -> String {
        switch self {
        case .loss, .corrupt: "\(PercentText.twoDecimals(Double(step) / 100)) %"
        case .multiplier: "\((10 + step) / 10).\((10 + step) % 10) x"
        }
    }

    /// The step as a number for machines: percent, or the factor.
    func value(_ step: Int) -> Double {
        switch self {
        case .loss, .corrupt: Double(step) / 100
        case .multiplier: Double(10 + step) / 10
        }
    }

    /// What one unit of ``value(_:)`` is.
    var unit: String {
        switch self {
        case .loss, .corrupt: "percent"
        case .multiplier: "times"
        }
    }

    /// A short sentence for a report's headline.
    var sentence: String {
        switch self {
        case .loss: "random loss"
        case .corrupt: "corruption"
        case .multiplier: "speed"
        }
    }
}
