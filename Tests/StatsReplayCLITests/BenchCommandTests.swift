import Foundation
import TestSupport
import Testing

@testable import StatsReplayCLI

/// The built program, measuring as little as it can: the values are the machine's, and the shape and the sums are checked.
@Suite(.serialized) struct BenchCommandTests {
    @Test("fault 22: every row of the guide's table is measured, each event is accounted for, and nothing is allocated for it")
    func rows() throws {
        let answer = try CaptureProcess.statsreplay.run(["bench", "--smoke", "--json"])
        #expect(answer.status == 0)
        let report = try #require(try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
        #expect(report["events_unaccounted"] as? Int == 0)
        #expect(try #require(report["events_delivered"] as? Int) > 0)
        let rows = try #require(report["rows"] as? [[String: Any]])
        let names = rows.compactMap { $0["name"] as? String }
        #expect(
            names == [
                "push_latency_p50", "push_latency_p99", "push_latency_p9999", "push_latency_max", "end_to_end_latency_p99",
                "throughput_1", "throughput_2", "throughput_4", "memory_per_10k_events", "memory_default_client",
                "allocations_per_event", "drop_rate_3x", "packet_loss",
            ])
        for row in rows where row["verdict"] as? String != "unmeasured" {
            #expect((row["rounds"] as? [Double])?.count == 2, "\(row["name"] ?? "")")
        }
        // What the default client takes, in a process of its own: 2 MB at most.
        let memory = try #require(rows.first { $0["name"] as? String == "memory_default_client" })
        if let bytes = memory["median"] as? Double { #expect(bytes > 0 && bytes <= 2e6) }
        let allocations = try #require(rows.first { $0["name"] as? String == "allocations_per_event" })
        // A debug build's worker keeps closures on the heap; a release build's asks for nothing.
        let machine = try #require(report["machine"] as? [String: Any])
        let limit = machine["optimized"] as? Bool == true ? 0.001 : 3
        if let each = allocations["median"] as? Double { #expect(each < limit) }
    }

    @Test("a requirement that does not exist is a usage error")
    func usage() throws { #expect(try CaptureProcess.statsreplay.run(["bench", "--require", "perfect"]).status == 64) }
}
