import NetworkEmulator
package import StatsModel
import StatsPipeline
import StatsReceiver
import StatsWire

extension Scenario {
    /// Refuses values that would make the machines trap.
    ///
    /// Errors: ``StatsModel/UnitError`` with the field, its value and the allowed values.
    package func validate() throws(UnitError) {
        do {
            try client.validate()
        } catch {
            throw UnitError(text: "client.\(error.field): \(error.value)", expected: "allowed: \(error.allowed)")
        }
        guard client.format == .sequenced else {
            throw UnitError(
                text: "client.format: \(client.format)",
                expected: "allowed: sequenced, since text has no packet numbers by which a run could be verified")
        }
        let longest = Nanoseconds.seconds(365 * 86_400)
        // A packet holds at most 65535 events and 65507 bytes, so costs of up to a day still add up below 2^63 ns.
        let day = Nanoseconds.seconds(86_400)
        let costs = [sender.perPacket, sender.perEvent, sender.perKilobyte, sender.recordPerEvent]
        let rules: [(Bool, String, String)] = [
            (limit != 0, "limit: 0", "a number of at least 1, or none"),
            (duration.map { $0 > .zero } ?? true, "duration: \(duration ?? .zero)", "a time above zero"),
            (
                costs.allSatisfy { $0 >= .zero && $0 <= day }, "sender: \(costs.map(\.description).joined(separator: ", "))",
                "a time of at most a day"
            ),
            (impairments.gap >= 1 && impairments.gap <= 1 << 20, "network.gap: \(impairments.gap)", "a number from 1 to 1048576"),
            (
                (impairments.lossBurstMaximum ?? 1) >= 1, "network.loss_burst_max: \(impairments.lossBurstMaximum ?? 0)",
                "a number of at least 1"
            ),
            (
                MaximumTransmissionUnit.allowed.contains(impairments.mtu?.bytes ?? 1500), "network.mtu: \(impairments.mtu?.bytes ?? 0)",
                "a number from 68 to 65535"
            ),
            (
                impairments.failures.allSatisfy { max($0.start, $0.length, $0.period ?? .zero) <= longest },
                "network.fail: \(impairments.failures.map(\.description).joined(separator: ", "))", "times of at most a year"
            ),
            (
                impairments.failures.allSatisfy { ($0.period ?? DownstreamFault.shortestPeriod) >= DownstreamFault.shortestPeriod },
                "network.fail: \(impairments.failures.map(\.description).joined(separator: ", "))",
                "periods of at least \(DownstreamFault.shortestPeriod)"
            ),
            (
                impairments.failures.count <= 16 && impairments.losses.count <= 16 && impairments.duplicates.count <= 16 && impairments.corruptions.count <= 16,
                "network: more than 16 rules of one kind", "a number of at most 16"
            ),
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
        try lossLimits.validate()
    }
}
