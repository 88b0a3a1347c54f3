import PacketCapture
import ReplayEngine
import StatsModel
import Testing
import Verification

/// What `inspect` says of events that the default client would not deliver.
@Suite("capture with events too long") struct DeliverableInspectionTests {
    private func inspect(_ capture: borrowing SyntheticCapture) throws -> InspectionResult { try Self.inspect(path: capture.path) }

    static func inspect(path: String) throws -> InspectionResult {
        var inspection = CaptureInspection(.auto, SenderDialects())
        var reader = try DatagramReader(path: path)
        while let datagram = try reader.next() { reader.withPayload { inspection.record(datagram, $0) } }
        inspection.finish()
        return inspection.result(file: path, notes: CaptureNotes())
    }

    @Test("a capture whose longest event the default client delivers is fit")
    func fit() throws {
        let result = try Self.inspect(path: LargeEventRunTests.report)
        #expect(result.fit, "\(result.problemFacts)")
        #expect(result.undeliverable.events == 0 && result.undeliverable.longestBytes == 0 && result.undeliverable.limitBytes == 8192)
    }

    @Test("one is fit exactly where a run of the default client loses nothing, and the setting it names helps, to the byte",
        arguments: -40...40)
    func exact(step: Int) throws {
        let text = String(repeating: "x", count: 8192 - 20 + step)
        let capture = try SyntheticCapture(lines: [(0, "a:1|c"), (1_000_000, "_e{5,\(text.count)}:title|\(text)|#b,a"), (2_000_000, "a:1|c")])
        let result = try inspect(capture)
        var scenario = Scenario()
        let record = try capture.replay(scenario)
        let lost = record.ledger.lost.counts.total
        // An event may wait for its packet, so a few bytes more are reckoned for its time than it may need.
        #expect(lost == 0 || !result.fit, "\(step): \(lost) lost")
        #expect(!result.fit || lost == 0)
        if step < -10 { #expect(result.fit && lost == 0) }
        if step > 10 { #expect(!result.fit && lost == 1) }
        guard !result.fit else { return }
        let longest = Int(result.undeliverable.longestBytes)
        #expect(result.undeliverable.events == 1)
        #expect(result.problemFacts == [.longEvents(1, longest: longest, limit: 8192, fitsDatagram: true)])
        #expect(result.problemFacts[0].sentence.contains("large_event_limit: \(longest)"))
        scenario.client = try ClientFile.parse("large_event_limit: \(longest)", file: "client.yaml")
        #expect(try capture.replay(scenario).ledger.lost.counts.total == 0)
    }

    @Test("how many there are and the longest are said; escapes and repeated tags do not count as bytes")
    func counted() throws {
        let tags = Array(repeating: "env:prod", count: 960).joined(separator: ",")
        let escaped = String(repeating: "\\n", count: 4300)
        let fitting = try SyntheticCapture(lines: [(0, "a:1|c|#\(tags)"), (0, "_e{5,\(escaped.count)}:title|\(escaped)")])
        #expect(try inspect(fitting).fit && fitting.replay().ledger.lost.counts.total == 0)
        let long = { String(repeating: "y", count: $0) }
        let result = try inspect(SyntheticCapture(lines: [
            (0, "\(long(9000)):1|c"), (1, "s:\(long(20_000))|s"), (2, "_sc|check|0|m:\(long(10_000))"), (3, "a:1|c"),
        ]))
        #expect(result.undeliverable.events == 3 && (20_000...20_064).contains(result.undeliverable.longestBytes))
        #expect(
            result.problemFacts.contains { $0.sentence.hasPrefix("3 events are longer than the 8192 bytes that the default client sends") })
    }

    @Test("what no datagram of ours can hold is said to be so")
    func tooLong() throws {
        let result = try inspect(SyntheticCapture(lines: [(0, "s:\(String(repeating: "y", count: 65_490))|s")]))
        #expect(!result.fit && result.problemFacts.contains { $0.sentence.contains("no datagram holds the longest") })
    }

    @Test("more metrics than the default client keeps are a problem, with the setting that helps", arguments: [65_536, 65_537])
    func metrics(count: Int) throws {
        let lines = (0..<count).map { "m\($0):1|c" }
        let datagrams = stride(from: 0, to: count, by: 100).map { start in
            (time: Int64(start) * 1_000_000, text: lines[start..<min(count, start + 100)].joined(separator: "\n"))
        }
        let capture = try SyntheticCapture(lines: datagrams)
        let result = try inspect(capture)
        let lost = try capture.replay().ledger.lost.counts.total
        #expect(result.fit == (count == 65_536) && lost == UInt64(count - 65_536))
        if count > 65_536 { #expect(result.problemFacts == [.metricsBeyondClient(UInt64(count), limit: 65_536)]) }
    }
}
