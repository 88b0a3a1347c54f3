import Foundation
import PacketCapture
import ReplayEngine
import TestSupport
import Testing

@testable import StatsReplayCLI

/// The captures of `Tests/Reports`: what the program says of them.
@Suite("Captures after public bug reports: tunnels, time, hints") struct ReportedCaptureTests {
    private static func path(_ name: String) -> String { "\(Checkout.reports.path)/\(name)" }

    private func inspect(_ name: String) throws -> InspectionResult {
        InspectCommand.inspect(Self.path(name), ports: .standard, terminal: Terminal()).0
    }

    @Test(
        "two events in a tunnel, or behind what a kernel says of a packet, are read and replayed",
        arguments: ["b09-vxlan.pcap", "b10-gre.pcap", "b10-ipip.pcap", "b23-nflog.pcap", "b23-pktap.pcap"])
    func tunnels(name: String) throws {
        let result = try inspect(name)
        #expect(result.eventsTotal == 2 && result.fit, "\(result.problems)")
        let project = try Project()
        let outcome = try project.run(Self.path(name), "--json")
        #expect(outcome.status == 0)
        let events = try #require(try outcome.run()["events"] as? [String: Any])
        #expect(events["delivered"] as? Int == 2)
    }

    @Test(
        "a capture without time is replayed in order, the law holds, and both reports say that there is no time",
        arguments: ["b25-zero-time.pcap", "b25-simple-packets.pcapng"])
    func untimed(name: String) throws {
        let result = try inspect(name)
        #expect(result.fit && !result.remarks.hasTime && result.eventsTotal > 0, "\(result.problems)")
        let project = try Project()
        let outcome = try project.run(Self.path(name), "--json")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let events = try #require(try outcome.run()["events"] as? [String: Any])
        #expect(events["delivered"] as? Int == Int(result.eventsTotal) && events["offered"] as? Int == Int(result.eventsTotal))
        let remarks = try #require(try outcome.run()["remarks"] as? [String])
        #expect(remarks.contains { $0.contains("states no time") && $0.contains("1 ms apart") })
        #expect(try project.statsreplay(["inspect", Self.path(name)]).output.contains("no time: every timestamp is zero or missing"))
    }

    @Test("a clock that jumps by 55 years forward makes no fixture, and the packet is named")
    func jump() throws {
        let problems = try inspect("b19-clock-1970.pcap").problems
        #expect(problems.count == 1 && problems[0].hasPrefix("the clock jumps forward by 55 years at packet 3"), "\(problems)")
        // A run says the same of it, and one of a capture that is fit says nothing.
        let project = try Project()
        let remarks = try project.run(Self.path("b19-clock-1970.pcap"), "--golden", "none", "--json").run()["remarks"] as? [String]
        #expect(remarks == ["the capture is not fit to be a fixture: " + problems[0]])
        let fit = try project.run(Self.path("b08-loopback-16k.pcap"), "--golden", "none", "--json").run()["remarks"] as? [String]
        #expect(fit == [])
    }

    @Test("two captures joined by cat: what happened, where, and what to do; no advice of another kind")
    func joined() throws {
        let project = try Project()
        let outcome = try project.statsreplay(["inspect", Self.path("b20-cat.pcap")])
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("packet 2, byte 104: another capture's header"), "\(outcome.errors)")
        #expect(outcome.errors.contains("head -c 104") && !outcome.errors.contains("editcap"))
        #expect(!outcome.output.contains("editcap") && outcome.output.contains("another capture's header"))
        #expect(try project.run(Self.path("b20-cat.pcap")).status == 65)
    }

    @Test("other ports are named, with how many datagrams and which to ask for")
    func otherPorts() throws {
        let project = try Project()
        let outcome = try project.statsreplay(["inspect", "captures/sample.pcap", "--port", "9125"])
        #expect(outcome.status == 2)
        #expect(outcome.output.contains("3000 datagrams to port 8125, which look like StatsD"), "\(outcome.output)")
        #expect(outcome.output.contains("--port 8125"))
        let run = try project.run("captures/sample.pcap", "--port", "9125")
        #expect(run.status == 2 && run.output.contains("3000 datagrams to port 8125, which look like StatsD"), "\(run.output)")
    }
}
