import Foundation
import FoundationNetworking
import StatsClient
import StatsModel
import StatsPipeline
import StatsWire
import SystemIO
import Testing
import TestSupport

/// The client's text reaches servers that somebody else wrote, and their own totals are the ones that were recorded.
@Suite(.serialized) struct RealServerTests {
    static let collectd: ExternalProgram? = {
        let hasPlugin = ["/usr/lib/collectd", "/usr/local/lib/collectd"].contains {
            FileManager.default.fileExists(atPath: "\($0)/statsd.so")
        }
        return hasPlugin ? ExternalProgram("collectd") : nil
    }()
    static let netdata = ExternalProgram("netdata")

    static func client(_ format: WireFormat, port: UInt16) throws -> StatsClient {
        var configuration = StatsClient.Configuration()
        configuration.format = format
        return try StatsClient(configuration: configuration, destination: Destination(parsing: "127.0.0.1:\(port)"))
    }

    @Test("collectd counts what plain StatsD text says", .enabled(if: collectd != nil, "collectd with its statsd plugin is not installed"))
    func plain() throws {
        let port = try Loopback.freePort()
        let server = try ServerProcess(
            try #require(Self.collectd), files: { ["collectd.conf": CollectdTotals.configuration(folder: $0.path, port: port)] },
            arguments: { ["-f", "-C", $0.appendingPathComponent("collectd.conf").path] })
        let folder = server.folder
        let log = { (try? String(contentsOf: folder.appendingPathComponent("output"), encoding: .utf8)) ?? "" }
        let isListening = ServerProcess.wait(upTo: .seconds(15)) { log().contains("Listening on [127.0.0.1]") }
        #expect(isListening, "\(log())")

        let client = try Self.client(.statsd, port: port)
        let hits = client.counter("hits")
        let tagged = client.counter("tagged", tags: ["env": "test"])
        let level = client.gauge("level")
        let depth = client.gauge("depth")
        let took = client.timing("took")
        let size = client.histogram("size")
        let users = client.memberSet("users")
        for number in 1...500 {
            hits.increment(by: Double(number % 3))
            if number % 50 == 0 {
                took.record(milliseconds: Double(number))
                size.record(Double(number) / 4)
                users.insert("user-\(number)")
                tagged.increment()
            }
        }
        level.set(12.5)
        level.adjust(by: 5)
        level.adjust(by: -2.25)
        depth.set(3)
        depth.set(-7.5)
        let report = try client.shutdownBlocking()
        #expect(report.sent == 500 + 30 + 5)
        #expect(report.losses.map { "\($0.cause.name) \($0.type.name) \($0.count)" } == ["not_in_format counter 10"])

        let totals = CollectdTotals(folder: folder)
        let expected = ["hits": 501.0, "took": 10, "size": 10, "users": 10, "level": 15.25, "depth": -7.5, "took ms": 2750]
        let isEqual = ServerProcess.wait(upTo: .seconds(15)) { totals.all == expected }
        #expect(isEqual, "\(totals.all)")
        // One of the lines may not have been read, and another one twice.
        #expect(!log().contains("Unable to parse"), "\(log())")
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("netdata counts what DogStatsD text says, tags, histograms and distributions included",
        .enabled(if: netdata != nil, "netdata is not installed"))
    func tagged() throws {
        let port = try Loopback.freePort()
        let web = try Loopback.freePort()
        let server = try ServerProcess(
            try #require(Self.netdata),
            files: { ["netdata.conf": NetdataTotals.configuration(folder: $0.path, port: port, web: web)] },
            arguments: { ["-D", "-c", $0.appendingPathComponent("netdata.conf").path, "-P", $0.appendingPathComponent("pid").path] })
        let folder = server.folder
        let totals = NetdataTotals(port: web)
        // Its charts show differences, and so begin with the second value.
        let isReady = ServerProcess.wait(upTo: .seconds(30)) { totals.of("netdata.statsd_events") != nil }
        #expect(isReady)

        let client = try Self.client(.dogstatsd, port: port)
        let hits = client.counter("hits", tags: ["env": "test", "host": "a"])
        let spread = client.distribution("spread", tags: ["env": "test"])
        hits.increment(by: 0)
        spread.record(5)
        try client.flushBlocking()
        let hasCharts = ServerProcess.wait(upTo: .seconds(30)) {
            totals.of("statsd_hits.counter") != nil && totals.of("statsd_spread.dictionary") != nil
        }
        #expect(hasCharts)

        let sizes = client.histogram("sizes")
        let level = client.gauge("level", tags: ["env": "test"])
        let users = client.memberSet("users")
        for number in 1...300 {
            hits.increment(by: Double(number % 4))
            if number % 10 == 0 { spread.record(5) }
            if number % 100 == 0 { users.insert("user-\(number)") }
        }
        for size in [9.0, 11, 10] { sizes.record(size) }
        level.set(-3)
        _ = client.recordEvent(title: "deployed", text: "two\nlines", tags: ["env": "test"])
        _ = client.recordServiceCheck("database", status: .warning, message: "slow")
        let report = try client.shutdownBlocking()
        #expect(report.losses.isEmpty)
        #expect(report.sent == 2 + 300 + 30 + 3 + 3 + 1 + 2)

        let expected: [(String, String, Double)] = [
            ("statsd_hits.counter", "counter", 450), ("statsd_spread.dictionary", "5", 31), ("statsd_users.set", "unique", 3),
            ("netdata.statsd_events", "counters", 301), ("netdata.statsd_events", "histograms", 3),
            ("netdata.statsd_events", "dictionaries", 31), ("netdata.statsd_events", "sets", 3),
            // A level below zero is one line, as the agent reads it; events and checks it does not know.
            ("netdata.statsd_events", "gauges", 1), ("netdata.statsd_events", "unknown", 2), ("netdata.statsd_events", "errors", 0),
        ]
        for (chart, dimension, total) in expected {
            var found: Double?
            let isEqual = ServerProcess.wait(upTo: .seconds(15)) {
                found = totals.of(chart)?[dimension]?.reduce(0, +)
                return found.map { abs($0 - total) < 0.01 } == true
            }
            #expect(isEqual, "\(chart) \(dimension): \(found ?? -1) instead of \(total)")
        }
        let sizesShown = totals.of("statsd_sizes.histogram")
        #expect(sizesShown?["max"]?.max() == 11)
        #expect(sizesShown?["min"]?.filter { $0 > 0 }.min() == 9)
        #expect(totals.of("statsd_level.gauge")?["gauge"]?.last == -3)
        server.stop()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}

/// What collectd's csv plugin wrote: a file for each value and day, a line for each second.
struct CollectdTotals {
    let folder: URL

    static func configuration(folder: String, port: UInt16) -> String {
        """
        BaseDir "\(folder)"
        PIDFile "\(folder)/pid"
        TypesDB "/usr/share/collectd/types.db"
        Interval 1
        Hostname "here"
        LoadPlugin statsd
        LoadPlugin csv
        <Plugin statsd>
          Host "127.0.0.1"
          Port "\(port)"
          TimerCount true
          TimerSum true
        </Plugin>
        <Plugin csv>
          DataDir "\(folder)/data"
          StoreRates false
        </Plugin>

        """
    }

    /// Counters and levels as they stand, timings and members as they came in all seconds together.
    var all: [String: Double] {
        var all: [String: Double] = [:]
        all["hits"] = values("derive-hits").last
        for name in ["level", "depth"] { all[name] = values("gauge-\(name)").last }
        for name in ["took", "size"] { all[name] = values("gauge-\(name)-count").reduce(0, +) }
        all["users"] = values("objects-users").reduce(0, +)
        // In seconds; no number in those without a timing.
        all["took ms"] = (values("latency-took-sum").filter(\.isFinite).reduce(0, +) * 1000).rounded()
        return all
    }

    private func values(_ name: String) -> [Double] {
        let data = folder.appendingPathComponent("data/here/statsd")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: data.path)) ?? []
        // Two of them around midnight.
        return files.filter { $0.dropLast("-2000-01-01".count) == name }.sorted().flatMap { file in
            let text = (try? String(contentsOf: data.appendingPathComponent(file), encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
        }
    }
}

/// What netdata's charts show, asked over HTTP.
struct NetdataTotals {
    let port: UInt16

    static func configuration(folder: String, port: UInt16, web: UInt16) -> String {
        let plugins = [
            "timex", "tc", "idlejitter", "checks", "proc", "diskspace", "cgroups", "apps", "charts.d", "python.d", "go.d", "perf",
            "slabinfo", "ebpf", "nfacct", "fping", "ioping", "cups", "freeipmi", "profile", "enable running new plugins",
        ]
        return """
            [global]
                run as user = \(NSUserName())
            [directories]
                config = \(folder)
                cache = \(folder)
                lib = \(folder)
                log = \(folder)
                lock = \(folder)
                registry = \(folder)
            [db]
                mode = ram
                update every = 1
            [logs]
                error = stderr
                access = none
            [web]
                bind to = 127.0.0.1:\(web)
            [ml]
                enabled = no
            [health]
                enabled = no
            [plugins]
                statsd = yes
                netdata monitoring = yes
            \(plugins.map { "    \($0) = no" }.joined(separator: "\n"))
            [statsd]
                default port = \(port)
                bind to = udp:127.0.0.1:\(port)
                update every (flushInterval) = 1

            """
    }

    /// The values of a chart's last minute by dimension, oldest first; nil where there is no such chart, or nothing in it.
    func of(_ chart: String) -> [String: [Double]]? {
        let address = "http://127.0.0.1:\(port)/api/v1/data?chart=\(chart)&after=-60&format=json&options=seconds"
        guard let url = URL(string: address), let data = try? Data(contentsOf: url),
            let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any],
            let labels = object["labels"] as? [String], let rows = object["data"] as? [[Any]]
        else { return nil }
        var values: [String: [Double]] = [:]
        for row in rows.reversed() {
            for (label, value) in zip(labels, row).dropFirst() {
                if let number = (value as? NSNumber)?.doubleValue { values[label, default: []].append(number) }
            }
        }
        return values.isEmpty ? nil : values
    }
}
