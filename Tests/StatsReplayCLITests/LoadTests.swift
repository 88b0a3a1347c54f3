import ArgumentParser
import Foundation
import StatsModel
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

    @Test("a client's file that makes no sense, or is not there, is named with its exit code")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("load-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("odd.yaml")
        // Less than one recording thread takes.
        for (text, status) in [("batch_size: -1\n", 65), ("memory_limit: 1000\n", 65), (nil, 66)] as [(String?, Int32)] {
            try? FileManager.default.removeItem(at: file)
            if let text { try Data(text.utf8).write(to: file) }
            let command = try LoadCommand.parse(["127.0.0.1:8125", "--client", file.path])
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
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: CaptureProcess.program)
        process.arguments = ["load", "127.0.0.1:\(receiver.port)", "--rate", "4000", "--duration", "500ms", "--json"] + words
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let report = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        #expect(process.terminationStatus == 0)
        #expect(report["events"] as? Int == 2000 && report["sent"] as? Int == 2000)
        #expect((report["lost"] as? [String: Int])?.isEmpty == true)
    }
}
