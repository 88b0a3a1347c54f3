import ArgumentParser
import Foundation
import StatsClient
import StatsPipeline
import StatsModel
import SystemIO
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("The load command") struct LoadTests {
    @Test("fault 21: the plan is decided by seed and number alone, and is as long as it says")
    func plan() {
        let events = { (seed: UInt64) in
            var plan = LoadPlan(seed: seed, eventsPerSecond: 1000, duration: .seconds(2))
            var list: [LoadPlan.Event] = []
            while let (due, event) = plan.next() {
                #expect(due == Instant(nanoseconds: UInt64(list.count) * 1_000_000))
                list.append(event)
            }
            return list
        }
        let one = events(1)
        #expect(one.count == 2000 && one == events(1) && one != events(2))
        for wanted in ["order", "carts", "latency", "bytes", "amount", "visitor", "deploy", "check"] {
            #expect(one.contains { "\($0)".hasPrefix(wanted) }, "no \(wanted) among 2000 events")
        }
    }

    @Test("words that make no sense are refused", arguments: [
        ["nowhere"], ["127.0.0.1:8125", "--rate", "0"], ["127.0.0.1:8125", "--duration", "5"], ["127.0.0.1:99999"], [],
        ["127.0.0.1:8125", "--client", "nobody"], ["127.0.0.1:8125", "--format", "smoke"],
    ])
    func refusals(words: [String]) {
        do {
            let command = try LoadCommand.parse(words)
            try command.run()
            Issue.record("\(words) was accepted")
        } catch {
            #expect(LoadCommand.exitCode(for: error).rawValue == 64, "\(words): \(error)")
        }
    }

    @Test("a client's file changes the live client of its preset, and starts", arguments: ClientPreset.allCases)
    func presetFiles(preset: ClientPreset) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("preset: \(preset.name)\nmaximum_batch_age: 70ms\n", to: "client.yaml")
        var expected = StatsClient.Configuration(preset: preset)
        expected.pipeline.maximumBatchAge = .milliseconds(70)
        let command = try LoadCommand.parse(["127.0.0.1:8125", "--client", file])
        #expect(try command.configuration() == expected)
    }

    @Test("a client's file that makes no sense, or is not there, is named with its exit code")
    func files() throws {
        let folder = try TemporaryFolder()
        // Less than one recording thread takes.
        for (text, status) in [("batch_size: -1\n", 65), ("memory_limit: 1000\n", 65), (nil, 66)] as [(String?, Int32)] {
            if let text { try folder.write(text, to: "odd.yaml") } else { try FileManager.default.removeItem(atPath: folder.path("odd.yaml")) }
            let command = try LoadCommand.parse(["127.0.0.1:8125", "--client", folder.path("odd.yaml")])
            do {
                try command.run()
                Issue.record("\(text ?? "no file") was accepted")
            } catch let failure as CommandFailure {
                #expect(failure.status.rawValue == status && failure.message.contains("--client"), "\(failure.message)")
            }
        }
    }

    @Test("everything it sends over the loopback arrives, and it says so", arguments: [
        [], ["--client", "high-throughput"], ["--client", "parity", "--format", "dogstatsd"],
    ])
    func loopback(words: [String]) throws {
        let receiver = CaptureSender()
        let outcome = try CaptureProcess.statsreplay.run(
            ["load", "127.0.0.1:\(receiver.port)", "--rate", "4000", "--duration", "500ms", "--json"] + words)
        let report = try outcome.json()
        #expect(outcome.status == 0)
        #expect(report["events"] as? Int == 2000 && report["sent"] as? Int == 2000)
        #expect((report["lost"] as? [String: Int])?.isEmpty == true)
    }

    @Test("a plan waits for its events, and ends a second after its duration whatever its rate")
    func schedule() throws {
        var plan = LoadPlan(seed: 1, eventsPerSecond: 2, duration: .seconds(1))
        let expected = try plan.peeked
        #expect(plan.poll(at: .start) == .record(expected, lateness: .zero))
        #expect(plan.poll(at: Instant(nanoseconds: 100)) == .wait(Nanoseconds(499_999_900)))
        let late = plan.poll(at: Instant(nanoseconds: 1_999_999_999))
        guard case .record(_, let lateness) = late else {
            Issue.record("\(late)")
            return
        }
        #expect(lateness == Nanoseconds(1_499_999_999))
        #expect(plan.poll(at: .start) == .finished && plan.position == 2)
        var fast = LoadPlan(seed: 1, eventsPerSecond: 1e9, duration: .seconds(5))
        #expect(fast.count == 5_000_000_000)
        for step in 0..<1000 as Range<UInt64> {
            let now = Instant(nanoseconds: step * 6_000_000)
            let step = fast.poll(at: now)
            guard case .record = step else {
                Issue.record("\(step)")
                return
            }
        }
        #expect(fast.poll(at: .start + .seconds(6)) == .finished && fast.position == 1000)
        var none = LoadPlan(seed: 1, eventsPerSecond: 1e9, duration: .zero)
        #expect(none.poll(at: .start) == .finished && none.count == 0)
    }

    @Test("the report has a line for each thing to know, and the exit code that goes with it")
    func reports() {
        var report = LoadReport(
            planned: 100, events: 100, sent: 100, lost: [:], failedPackets: [:], unconfirmedPackets: 0, answers: 3,
            worstLatenessMilliseconds: 0.5)
        #expect(report.status == .verified && report.lines == ["sent 100 of 100 events; recorded at most 0.5 ms late"])
        report.answers = 0
        report.unconfirmedPackets = 7
        #expect(report.status == .verified, "nobody answered, and everything was sent")
        #expect(report.lines.count == 3 && report.lines[1].hasSuffix("did not acknowledge: 7"))
        #expect(report.lines[2].hasPrefix("the receiver never answered"))
        report.sent = 60
        report.lost = ["send_failed": 40]
        report.failedPackets = ["unreachable": 2, "refused": 4]
        #expect(report.status == .verificationFailed && report.lines[0].contains("40 lost to send_failed"))
        #expect(report.lines[1].hasSuffix("came back: 4 refused, 2 unreachable"))
        report = LoadReport(
            planned: 100, events: 50, sent: 50, lost: [:], failedPackets: [:], unconfirmedPackets: 0, answers: nil,
            worstLatenessMilliseconds: 0.5)
        #expect(report.status == .verificationFailed && report.lines[1].contains("after 50 of 100 planned events"))
        report.signal = 15
        #expect(report.status == .verified && report.lines[1] == "ended by SIGTERM after 50 of 100 planned events")
        (report.events, report.sent, report.signal) = (0, 0, nil)
        #expect(report.status == .nothingVerified)
    }

    /// Runs `statsreplay load WORDS`, and sends it `signal` when the receiver has got something.
    private func load(_ words: [String], to port: UInt16, at host: String = "127.0.0.1", signal: Int32? = nil, receiver: CaptureSender? = nil) throws
        -> (status: Int32, output: String)
    {
        let outcome = try CaptureProcess.statsreplay.run(["load", "\(host):\(port)"] + words) { process in
            guard let signal, let receiver else { return }
            let isSending = try CaptureProcess.eventually { receiver.hasReceived }
            #expect(isSending)
            kill(process, signal)
        }
        return (outcome.status, outcome.output)
    }

    @Test("a signal ends it in order, with its report", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(number: Int32) throws {
        let receiver = CaptureSender()
        let (status, text) = try load(
            ["--duration", "10m", "--format", "dogstatsd"], to: receiver.port, signal: number, receiver: receiver)
        #expect(status == 0 && text.hasPrefix("sent "), "\(status): \(text)")
        #expect(text.contains("\nended by SIG"))
    }

    @Test("a duration of nothing sends nothing, and that is no success")
    func nothing() throws {
        let receiver = CaptureSender()
        let (status, text) = try load(["--duration", "0s"], to: receiver.port)
        #expect(status == 2 && text.hasPrefix("sent 0 of 0 events\nnothing was sent"), "\(text)")
    }

    @Test("a rate beyond every machine ends in time and is not called sent")
    func fast() throws {
        let receiver = CaptureSender()
        let (status, text) = try load(
            ["--rate", "1e9", "--duration", "100ms", "--format", "dogstatsd"], to: receiver.port)
        #expect(status == 1 && text.contains("of 100000000 planned events"), "\(text)")
    }

    @Test("a receiver that never answers is a remark; one that is not there fails with the reason")
    func answers() throws {
        let receiver = CaptureSender()
        let mute = try load(["--rate", "100", "--duration", "100ms"], to: receiver.port)
        #expect(mute.status == 0 && mute.output.contains("\nthe receiver never answered"), "\(mute.output)")
        #expect(mute.output.hasPrefix("sent 10 of 10 events; "))
        let absent = try load(["--rate", "100", "--duration", "500ms", "--format", "dogstatsd"], to: receiver.freePort())
        #expect(absent.status == 1 && absent.output.contains("came back: "), "\(absent.output)")
        #expect(absent.output.contains("refused"))
    }

    @Test("over IPv6 a receiver that is not there fails with the reason as well")
    func absentOverIPv6() throws {
        let free: UInt16?
        do {
            free = try DatagramSocket(bindingAnyPortOf: "::1").localPort
        } catch {
            try Test.cancel("this machine has no address ::1")
        }
        let absent = try load(["--rate", "100", "--duration", "500ms"], to: #require(free), at: "[::1]")
        #expect(absent.status == 1 && absent.output.contains("came back: "), "\(absent.output)")
        #expect(absent.output.contains("refused"))
    }
}

extension LoadPlan {
    /// The event that comes next.
    fileprivate var peeked: Event {
        get throws {
            var copy = self
            let next = copy.next()
            return try #require(next).event
        }
    }
}
