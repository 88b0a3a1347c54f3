import NetworkEmulator
import StatsClient
public import StatsModel
import StatsReceiver

extension Scenario {
    /// Refuses what the machines would trap on, with the field, its value and what is allowed.
    public func validate() throws(UnitError) {
        do {
            try client.validate()
        } catch {
            throw UnitError(text: "client.\(error.field): \(error.value)", expected: "allowed: \(error.allowed)")
        }
        let longest = Nanoseconds.seconds(365 * 86_400)
        let rules: [(Bool, String, String)] = [
            (impairments.reorderGap >= 1, "network.reorder_gap: \(impairments.reorderGap)", "a number of at least 1"),
            (
                impairments.maximumInFlight >= 1, "network.maximum_in_flight: \(impairments.maximumInFlight)",
                "a number of at least 1"
            ),
            (
                max(impairments.delay, impairments.jitter, impairments.reorderHold) <= longest,
                "network: \(impairments.delay), \(impairments.jitter), \(impairments.reorderHold)", "a time of at most a year"
            ),
            (
                receiver.window >= 4096 && receiver.window & (receiver.window - 1) == 0 && receiver.window <= 1 << 24,
                "receiver.window: \(receiver.window)", "a power of two from 4096 to 16777216"
            ),
            (
                receiver.maximumJump >= UInt64(max(0, receiver.window)) && receiver.maximumJump <= 1 << 40,
                "receiver.maximum_jump: \(receiver.maximumJump)", "a number from the window to 2^40"
            ),
        ]
        for (holds, text, expected) in rules where !holds { throw UnitError(text: text, expected: expected) }
    }
}
