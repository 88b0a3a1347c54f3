import Foundation
import PacketCapture
import StatsModel
import SystemIO
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("What a capture says of itself")
struct CaptureReportTests {
    private static let listening = LiveConfiguration(interface: "eth0", bufferSize: ByteCount(16 << 20))

    private static func summary(_ change: (inout CaptureSummary) -> Void = { _ in }) -> CaptureSummary {
        let description = CaptureDescription(
            linkType: 1, snapLength: 100, hasNanoseconds: true, interface: "eth0", filter: "udp and dst port 8125")
        var summary = CaptureSummary(description: description, reason: .signal(2), files: ["captures/a \"b\".pcapng"])
        summary.packets = 12
        summary.byteCount = 3456
        summary.elapsed = .milliseconds(61_005)
        summary.firstTimestamp = 1_795_445_596_123_456_789
        summary.lastTimestamp = 1_795_445_597_000_000_000
        summary.drops = DropStatistics(accepted: 12, kernelDrops: 0, interfaceDrops: nil)
        change(&summary)
        return summary
    }

    private static var counts: CaptureCounts {
        var counts = CaptureCounts()
        for _ in 0..<3 { counts.events.add(.counter) }
        counts.events.add(.serviceCheck)
        counts.malformed = 1
        return counts
    }

    private static func report(_ change: (inout CaptureSummary) -> Void = { _ in }) -> CaptureReport {
        CaptureReport(summary(change), counts, listening)
    }

    @Test("the verdict stands first, and what is not reported is said so")
    func text() {
        let lines = Self.report().text.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "captured 12 packets, 3456 bytes, in 61.01 s to captures/a \"b\".pcapng",
                "ended by: Ctrl-C (signal 2)", "events:   4 (counter 3, service_check 1)",
                "          1 malformed line", "dropped:  by kernel 0, by interface not reported",
            ])
    }

    @Test("a ring is named by its first and last file")
    func ring() {
        let text = Self.report { $0.files = ["r_1", "r_2", "r_3"] }.text
        #expect(text.hasPrefix("captured 12 packets, 3456 bytes, in 61.01 s to 3 files, r_1 to r_3\n"))
    }

    @Test("drops are warned of, with what helps")
    func warnings() {
        #expect(Self.report().warnings.isEmpty)
        let kernel = Self.report { $0.drops.kernelDrops = 1 }.warnings
        #expect(kernel.count == 1)
        #expect(kernel.first?.contains("dropped 1 packet that") == true)
        #expect(kernel.first?.hasSuffix("--buffer-size 64MiB") == true)
        let interface = Self.report { $0.drops.interfaceDrops = 7 }.warnings
        #expect(interface.first?.contains("dropped 7 packets") == true)
        #expect(interface.first?.contains("eth0") == true)
    }

    @Test("the exit code: output before interface before an empty capture")
    func exitCodes() {
        #expect(Self.report().failure == nil)
        #expect(Self.report { $0.packets = 0 }.failure?.status == .nothingVerified)
        #expect(Self.report { $0.packets = 0 }.failure?.message.contains("'udp and dst port 8125'") == true)
        for reason in [StopReason.interfaceDown, .interfaceGone] {
            #expect(Self.report { ($0.packets, $0.reason) = (0, reason) }.failure?.status == .unavailable)
        }
        let full = SystemError(action: "write to", subject: "a", number: 28)
        #expect(
            Self.report { ($0.packets, $0.reason, $0.outputFailure) = (0, .interfaceGone, full) }.failure?.status
                == .cannotWrite)
    }

    @Test("the JSON is one object with the same facts")
    func json() throws {
        let text = Self.report().json
        #expect(!text.contains("\n"))
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["files"] as? [String] == ["captures/a \"b\".pcapng"])
        #expect(object["packets"] as? Int == 12)
        #expect(object["bytes"] as? Int == 3456)
        #expect(object["duration_ns"] as? Int == 61_005_000_000)
        #expect(object["first"] as? Int == 1_795_445_596_123_456_789)
        #expect(object["ended_by"] as? String == "signal")
        #expect(object["events_total"] as? Int == 4)
        let events = try #require(object["events"] as? [String: Int])
        #expect(events.count == MetricType.count)
        #expect(events["counter"] == 3 && events["service_check"] == 1 && events["gauge"] == 0)
        let dropped = try #require(object["dropped"] as? [String: Any])
        #expect(dropped["kernel"] as? Int == 0)
        #expect(dropped["interface"] is NSNull)
        #expect(object["error"] is NSNull)
    }

    @Test(
        "any text is a JSON string that reads back as itself",
        arguments: ["", "plain", "\"\\/", "line\nbreak\ttab\u{1}\u{1F}", "ä😀"])
    func quoting(text: String) throws {
        let data = Data("[\(CaptureReport.quoted(text))]".utf8)
        #expect(try JSONSerialization.jsonObject(with: data) as? [String] == [text])
    }

    @Test("the live line never wraps, and keeps packets, rate and drops", arguments: [20, 60, 80, 200])
    func line(width: Int) {
        let progress = CaptureProgress(
            elapsed: .seconds(1), packets: 123, drops: DropStatistics(accepted: 1, kernelDrops: 4))
        let line = CaptureLine.text(progress, Self.counts, packetsPerSecond: 99, width: width)
        let whole =
            "123 packets · 99/s · dropped by kernel 4, by interface not reported · "
            + "events 4: counter 3, service_check 1 · malformed 1"
        #expect(line.count < width)
        #expect(width < 200 ? line == whole.prefix(width - 2) + "…" : line == whole)
    }

    @Test("the rate is that of the last second")
    func rate() {
        var rate = CaptureRate()
        #expect(rate.packetsPerSecond == 0)
        for tick in 0...50 as ClosedRange<Int64> {
            // 1000 packets a second for five seconds, then none.
            rate.record(packets: UInt64(min(tick, 25) * 200), at: .milliseconds(tick * 200))
            if (5...25).contains(tick) { #expect(rate.packetsPerSecond == 1000, "tick \(tick)") }
            if tick >= 30 { #expect(rate.packetsPerSecond == 0, "tick \(tick)") }
        }
    }

    @Test("the list of interfaces has a line for each, and is JSON for machines")
    func interfaces() throws {
        let all = [
            NetworkInterface(
                name: "lo", description: "", addresses: ["127.0.0.1", "::1"], isUp: true, isLoopback: true),
            NetworkInterface(name: "wlan0", description: "radio", addresses: [], isUp: false, isLoopback: false),
        ]
        #expect(CaptureInterfaces.table(all) == "lo     up    loopback, 127.0.0.1, ::1\nwlan0  down  radio")
        let text = CaptureInterfaces.json(all)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [[String: Any]]])
        let list = try #require(object["interfaces"])
        #expect(list.map { $0["name"] as? String } == ["lo", "wlan0"])
        #expect(list.map { $0["up"] as? Bool } == [true, false])
        #expect(list[0]["addresses"] as? [String] == ["127.0.0.1", "::1"])
    }
}
