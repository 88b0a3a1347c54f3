import Foundation
import StatsClient
import StatsPipeline
import StatsModel
import SystemIO
import Testing

@testable import StatsEndpoint

/// The endpoint over real connections on loopback.
struct StatsEndpointTests {
    struct HealthAnswer: Codable {
        var isHealthy: Bool
        var advice: [String]
    }

    @Test("a client without trouble is healthy: 200 and JSON")
    func healthy() async throws {
        try await withEndpoint { endpoint, port in
            endpoint.client.increment("requests")
            await endpoint.client.flush()
            let answer = try await WebClient.request("GET", "/health", port: port)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["content-length"] == "\(answer.body.utf8.count)")
            #expect(answer.headers["cache-control"] == "no-store")
            let health = try JSONDecoder().decode(HealthAnswer.self, from: Data(answer.body.utf8))
            #expect(health.isHealthy && health.advice.isEmpty)
        }
    }

    @Test("a client that loses events is not: 503, and the body says what to do")
    func unhealthy() async throws {
        try await withEndpoint { client, _ in
            client.metricLimit = 1
        } _: { endpoint, port in
            for number in 0..<50 { endpoint.client.increment("requests.\(number)") }
            await endpoint.client.flush()
            let answer = try await WebClient.request("GET", "/health", port: port)
            #expect(answer.status == 503)
            let health = try JSONDecoder().decode(HealthAnswer.self, from: Data(answer.body.utf8))
            #expect(!health.isHealthy)
            #expect(health.advice.contains { $0.contains("drop rate 98.0 %") }, "\(health.advice)")
        }
    }

    @Test(
        "metrics are text unless JSON is asked for",
        arguments: [
            ("/metrics", nil, false), ("/metrics?format=json", nil, true), ("/metrics?format=prometheus", nil, false),
            ("/metrics", "application/json", true), ("/metrics", "*/*", false),
            ("/metrics?format=prometheus", "application/json", false),
            ("/metrics", "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", false),
            ("/metrics", "text/html, application/json;q=0.9", true),
        ] as [(String, String?, Bool)])
    func negotiation(target: String, accept: String?, isJSON: Bool) async throws {
        try await withEndpoint { endpoint, port in
            endpoint.client.increment("requests")
            await endpoint.client.flush()
            let answer = try await WebClient.request(
                "GET", target, port: port, headers: accept.map { ["Accept: \($0)"] } ?? [])
            #expect(answer.status == 200 && answer.headers["vary"] == "Accept")
            if isJSON {
                #expect(answer.headers["content-type"] == "application/json")
                let metrics = try JSONDecoder().decode(StatsClient.Metrics.self, from: Data(answer.body.utf8))
                #expect(metrics.eventsSent == 1)
            } else {
                #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
                #expect(answer.body.contains("\nstatsclient_events_sent_total{type=\"counter\"} 1\n"))
            }
        }
    }

    @Test(
        "what is not there is refused by its name",
        arguments: [
            ("GET", "/", 404), ("GET", "/metric", 404), ("GET", "/metrics/x", 404), ("GET", "//metrics", 404),
            ("POST", "/metrics", 405), ("DELETE", "/health", 405), ("OPTIONS", "/health", 405),
            ("HEAD", "/debug/profile", 405), ("GET", "/metrics?format=xml", 400),
            ("GET", "/debug/profile?seconds=0", 400), ("GET", "/debug/profile?seconds=61", 400),
            ("GET", "/debug/profile?seconds=nan", 400), ("GET", "/debug/profile?seconds=inf", 400),
            ("GET", "/debug/profile?seconds=-1", 400), ("GET", "/debug/profile?seconds=", 400),
        ])
    func refusals(method: String, target: String, status: Int) async throws {
        try await withEndpoint { _, port in
            let answer = try await WebClient.request(method, target, port: port)
            #expect(answer.status == status)
            if method != "HEAD" { #expect(answer.body.hasSuffix("\n") && answer.body.count > 10) }
            if status == 405 {
                #expect(answer.headers["allow"] == (target == "/debug/profile" ? "GET" : "GET, HEAD"))
            }
        }
    }

    @Test("HEAD has the headers of GET and no body", arguments: ["/health", "/metrics", "/metrics?format=json"])
    func head(target: String) async throws {
        try await withEndpoint { _, port in
            let get = try await WebClient.request("GET", target, port: port)
            let head = try await WebClient.request("HEAD", target, port: port)
            #expect(head.status == get.status && head.body.isEmpty && !get.body.isEmpty)
            func withoutDate(_ answer: WebClient.Answer) -> [String: String] { answer.headers.filter { $0.key != "date" } }
            #expect(withoutDate(head) == withoutDate(get))
            let date = try #require(get.headers["date"])
            #expect(date.wholeMatch(of: /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/) != nil, "\(date)")
        }
    }

    @Test("one connection carries several requests, and bytes that are no HTTP close theirs alone")
    func connections() async throws {
        try await withEndpoint { _, port in
            let one = "GET /health HTTP/1.1\r\nHost: x\r\n"
            let text = try await WebClient.send("\(one)\r\n\(one)\r\n\(one)Connection: close\r\n\r\n", port: port)
            #expect(text.components(separatedBy: "HTTP/1.1 200").count == 4)
            let nonsense = try await WebClient.send("\u{0}\u{1}nonsense\r\n\r\n", port: port)
            #expect(nonsense.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            // Connections that say nothing are in nobody's way.
            let silent = try (0..<30).map { _ in try WebClient.Connection(port: port) }
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await WebClient.request("GET", "/metrics", port: port).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers == Array(repeating: 200, count: 20) && silent.count == 30)
        }
    }

    @Test("a profile that is not allowed is not there")
    func noProfiles() async throws {
        try await withEndpoint { _, endpoint in
            endpoint.allowsProfiles = false
        } _: { _, port in
            let answer = try await WebClient.request("GET", "/debug/profile?seconds=1", port: port)
            #expect(answer.status == 404 && !answer.body.contains("profile"))
        }
    }

    /// Sockets with a local port that some process holds, as the kernel lists them.
    static func sockets(at port: UInt16) throws -> Int {
        var reader = try FileReader(path: "/proc/self/net/tcp")
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var bytes: [UInt8] = []
        while case let count = try reader.read(into: &buffer, 0..<buffer.count), count > 0 { bytes += buffer[..<count] }
        let digits = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().count { line in
            let fields = line.split(separator: " ")
            // One that only waits out its time has no inode any more.
            return fields[1].hasSuffix(suffix) && fields[9] != "0"
        }
    }

    @Test("after the end no socket is left, with connections open or not", arguments: [false, true])
    func ending(isStopped: Bool) async throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
        let running = Task { try await endpoint.run() }
        let port = try await endpoint.waitUntilListening()
        let idle = try WebClient.Connection(port: port)
        let answer = try await WebClient.request("GET", "/health", port: port)
        #expect(answer.status == 200)
        let during = try Self.sockets(at: port)
        #expect(during >= 2, "one listens, one is connected")
        if isStopped { await endpoint.stop() } else { running.cancel() }
        try await running.value
        // The server's side is closed, so reading ends at once.
        #expect(idle.readToEnd().isEmpty)
        let after = try Self.sockets(at: port)
        #expect(after == 0)
        #expect(throws: WebClient.Connection.Refused(number: ECONNREFUSED)) {
            _ = try WebClient.Connection(port: port)
        }
        _ = await client.shutdown()
    }

    @Test("an endpoint serves again after it ended, and a taken port is said")
    func again() async throws {
        try await withEndpoint { endpoint, port in
            let other = try StatsEndpoint(client: endpoint.client, configuration: .init(port: port))
            await #expect(throws: (any Error).self) { try await other.run() }
        }
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        let endpoint = try StatsEndpoint(client: client, configuration: .init(port: 0))
        for _ in 0..<3 {
            let running = Task { try await endpoint.run() }
            let port = try await endpoint.waitUntilListening()
            let answer = try await WebClient.request("GET", "/health", port: port)
            #expect(answer.status == 200)
            await endpoint.stop()
            try await running.value
        }
        _ = await client.shutdown()
    }

    @Test("over IPv6 as well")
    func internet6() async throws {
        try await withEndpoint { _, endpoint in
            endpoint.host = "::1"
        } _: { _, port in
            #expect(port > 0)
            #expect(throws: WebClient.Connection.Refused(number: ECONNREFUSED)) {
                _ = try WebClient.Connection(port: port)
            }
        }
    }

    @Test("a configuration outside its range names the field")
    func configurations() throws {
        let client = try StatsClient(destination: .udp(host: "127.0.0.1", port: 9))
        defer { _ = try? client.shutdownBlocking() }
        func field(_ change: (inout StatsEndpoint.Configuration) -> Void) -> String? {
            var configuration = StatsEndpoint.Configuration()
            change(&configuration)
            do throws(ConfigurationError) {
                _ = try StatsEndpoint(client: client, configuration: configuration)
                return nil
            } catch {
                return error.field
            }
        }
        #expect(field { _ in } == nil)
        #expect(field { $0.host = "localhost" } == "host")
        #expect(field { $0.host = "" } == "host")
        #expect(field { $0.longestProfile = .milliseconds(999) } == "longestProfile")
        #expect(field { $0.longestProfile = .seconds(601) } == "longestProfile")
        #expect(field { $0.profileFrequency = 0 } == "profileFrequency")
        #expect(field { $0.profileFrequency = 1001 } == "profileFrequency")
        #expect(field { $0.maximumConnections = 0 } == "maximumConnections")
        #expect(field { $0.maximumConnections = 10_001 } == "maximumConnections")
        #expect(field { $0.requestTimeout = .milliseconds(99) } == "requestTimeout")
        #expect(field { $0.requestTimeout = .seconds(3601) } == "requestTimeout")
        #expect(field { $0.idleTimeout = .zero } == "idleTimeout")
    }
}
