import Foundation
import StatsClient
import StatsModel
import StatsPipeline
import SystemIO
import TestSupport
import Testing

@testable import StatsEndpoint

/// The text format, judged by hand and by Prometheus' own Python library over real HTTP.
struct PrometheusTests {
    /// A python3 that knows Prometheus' text format.
    static let python: ExternalProgram? = {
        guard let python = ExternalProgram("python3") else { return nil }
        let status = try? python.run(["-c", "import prometheus_client.parser"]).status
        return status == 0 ? python : nil
    }()

    struct Family: Codable {
        var name: String
        var type: String
        var help: String
        var samples: [Sample]
    }

    struct Sample: Codable {
        var name: String
        var labels: [String: String]
        /// Nil where it is not a number.
        var value: Double?
    }

    static let script = """
        import json, sys, urllib.request
        from prometheus_client.parser import text_string_to_metric_families
        with urllib.request.urlopen(sys.argv[1], timeout=20) as answer:
            assert answer.status == 200, answer.status
            assert answer.headers['Content-Type'] == 'text/plain; version=0.0.4; charset=utf-8'
            text = answer.read().decode()
        print(json.dumps([
            {'name': f.name, 'type': f.type, 'help': f.documentation,
             'samples': [{'name': s.name, 'labels': s.labels, 'value': s.value if s.value == s.value else None}
                         for s in f.samples]}
            for f in text_string_to_metric_families(text)]))
        """

    @Test(
        "Prometheus' own parser reads the page as it was meant",
        .enabled(if: python != nil, "prometheus_client for python3 is not installed"))
    func judged() async throws {
        try await withEndpoint { client, _ in
            client.metricLimit = 3
        } _: { endpoint, port in
            let client = endpoint.client
            for name in ["a", "b", "c", "d", "e"] { client.increment(name) }
            client.setGauge("level", to: 1)
            await client.flush()
            let python = try #require(Self.python)
            let outcome = try python.run(["-c", Self.script, "http://127.0.0.1:\(port)/metrics"])
            try #require(outcome.status == 0, "\(outcome.errors)")
            let families = try JSONDecoder().decode([Family].self, from: Data(outcome.output.utf8))
            #expect(families.count > 10 && Set(families.map(\.name)).count == families.count)
            for family in families {
                #expect(family.help.count > 10 && family.name.hasPrefix("statsclient_"))
                // The parser leaves `_total` out of a counter's name.
                if family.type == "counter" { #expect(family.samples.allSatisfy { $0.name == family.name + "_total" }) }
                let series = family.samples.map { sample in
                    sample.name + sample.labels.sorted { $0.key < $1.key }.description
                }
                #expect(Set(series).count == series.count, "a series twice in \(family.name)")
            }
            func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
                families.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
            }
            #expect(value("statsclient_events_recorded_total") == 6)
            #expect(value("statsclient_events_sent_total", ["type": "counter"]) == 3)
            #expect(value("statsclient_events_sent_total", ["type": "service_check"]) == 0)
            #expect(value("statsclient_events_dropped_total", ["cause": "metric_limit", "type": "counter"]) == 2)
            #expect(value("statsclient_events_dropped_total", ["cause": "metric_limit", "type": "gauge"]) == 1)
            #expect(value("statsclient_events_dropped_total", ["cause": "buffer_full", "type": "set"]) == 0)
            #expect(value("statsclient_healthy") == 0)
            #expect(value("statsclient_packets_sent_total") ?? 0 >= 1)
            // Heartbeats go on, so it is what was sent up to a moment before now.
            let bytes = try #require(value("statsclient_sent_bytes_total"))
            #expect(bytes >= 40 && bytes <= Double(client.exportMetrics().bytesSent))
            #expect(value("statsclient_buffer_capacity_events") == 4096)
            #expect(value("statsclient_circuit_breaker_state", ["state": "none"]) == 1)
            // One packet went out, with three events in it.
            let summaries = families.filter { $0.type == "summary" }
            #expect(summaries.count == 5 && summaries.allSatisfy { $0.samples.count == 8 })
            #expect(value("statsclient_batch_size_events", ["quantile": "0.99"]) == 3)
            #expect(value("statsclient_batch_size_events_sum") == 3)
            #expect(value("statsclient_batch_size_events_count") == 1)
            let time = try #require(value("statsclient_end_to_end_seconds", ["quantile": "0.5"]))
            #expect(time > 0 && time < 20 && value("statsclient_end_to_end_seconds_count") == 1)
        }
    }

    @Test("each line of a page is a comment or a sample, and each family is described once before its samples")
    func lines() async throws {
        let client = try StatsClient(destination: .unix(path: "/tmp/statsclient-nobody-\(UInt64.random(in: 0 ... .max))"))
        client.increment("a")
        await client.flush()
        let text = PrometheusPage(client).text
        _ = await client.shutdown()
        var families: [String: String] = [:]
        var helped = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let help = line.wholeMatch(of: /# HELP ([a-z_0-9]+) (\S.*)/) {
                helped = String(help.output.1)
                #expect(families[helped] == nil)
                continue
            }
            if let type = line.wholeMatch(of: /# TYPE ([a-z_0-9]+) (counter|gauge|summary|histogram)/) {
                #expect(type.output.1 == helped)
                families[helped] = String(type.output.2)
                #expect((type.output.2 == "counter") == helped.hasSuffix("_total"))
                continue
            }
            let sample = try #require(
                line.wholeMatch(of: /([a-z_0-9]+)(\{[a-z]+="[a-z_0-9.]+"(,[a-z]+="[a-z_]+")*\})? ([0-9.e+-]+|NaN|\+Inf)/), "\(line)")
            let suffixes = families[helped] == "summary" ? ["", "_sum", "_count"] : [""]
            #expect(suffixes.contains { sample.output.1 == helped + $0 }, "\(line)")
        }
        #expect(text.hasSuffix("\n"))
        #expect(text.contains("\nstatsclient_send_errors_by_error_total{error=\""))
        #expect(text.contains("\nstatsclient_events_dropped_total{cause=\"send_failed\",type=\"counter\"} 1\n"))
    }

    @Test("a summary of nothing has no quantiles, one of something has them in the name's unit")
    func summaries() throws {
        var page = PrometheusText()
        page.summary("x_seconds", help: "Times of x.", LatencySummary())
        var numbers = DistributionSummary()
        (numbers.count, numbers.mean) = (4, 2_500_000_000)
        (numbers.p50, numbers.p90, numbers.p95) = (1_000_000_000, 2_000_000_000, 3_000_000_000)
        (numbers.p99, numbers.p999, numbers.maximum) = (4_000_000_000, 4_000_000_000, 4_000_000_000)
        let summary = try JSONDecoder().decode(LatencySummary.self, from: JSONEncoder().encode(numbers))
        page.summary("y_seconds", help: "Times of y.", summary)
        #expect(page.text.contains("\nx_seconds{quantile=\"0.5\"} NaN\n"))
        #expect(page.text.hasSuffix("""
            # TYPE y_seconds summary
            y_seconds{quantile="0.5"} 1
            y_seconds{quantile="0.9"} 2
            y_seconds{quantile="0.95"} 3
            y_seconds{quantile="0.99"} 4
            y_seconds{quantile="0.999"} 4
            y_seconds{quantile="1"} 4
            y_seconds_sum 10
            y_seconds_count 4

            """))
    }

    @Test("labels and help texts escape what ends them")
    func escaping() {
        var page = PrometheusText()
        page.family("x_total", .counter, help: "back\\slash\nand \"quote\"", [
            .init(labels: [("a", "1\\2\n\"3\""), ("b", "")], value: 1.5), .init(suffix: "_sum", value: -0.25),
        ])
        #expect(
            page.text == #"""
                # HELP x_total back\\slash\nand "quote"
                # TYPE x_total counter
                x_total{a="1\\2\n\"3\"",b=""} 1.5
                x_total_sum -0.25

                """#)
    }

    @Test(
        "numbers are read back as they were",
        arguments: [
            (0, "0"), (1, "1"), (-3, "-3"), (0.1, "0.1"), (1e15, "1000000000000000"), (1e300, "1e+300"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.leastNonzeroMagnitude, "5e-324"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) {
        #expect(PrometheusText.number(value) == text)
        #expect(PrometheusText.number(.nan) == "NaN")
    }

    @Test(
        "JSON is chosen where it is named and no less welcome",
        arguments: [
            ("", false), ("*/*", false), ("application/json", true), ("application/json;q=0", false),
            ("text/plain, application/json", true), ("text/plain;q=1, application/json;q=0.5", false),
            ("application/*", true), ("application/*;q=0.2, text/*;q=0.1", true), ("text/*, */*;q=0.1", false),
            ("APPLICATION/JSON ; q=0.8 , */* ; q=0.1", true), ("image/png", false), (";;,,q=", false),
        ])
    func accepting(header: String, isJSON: Bool) {
        #expect(AcceptHeader(header).prefersJSON == isJSON)
    }

    @Test(
        "dates are those of HTTP",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
            (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, text: String) {
        #expect(Reply.date(Date(timeIntervalSince1970: Double(seconds))) == text)
    }
}
