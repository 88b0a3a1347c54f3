import Foundation
import Glibc
import StatsClient
import StatsModel
import SystemIO
import Testing

@testable import StatsEndpoint

/// The routes without a server.
struct RoutesTests {
    private func withRoutes(
        _ change: (inout StatsEndpoint.Configuration) -> Void = { _ in }, _ body: (StatsEndpoint.Routes) async throws -> Void
    ) async throws {
        let client = try StatsClient(host: "127.0.0.1", port: 9)
        var configuration = StatsEndpoint.Configuration()
        change(&configuration)
        try await body(StatsEndpoint.Routes(client: client, configuration: configuration))
        _ = await client.shutdown(within: .milliseconds(100))
    }

    private static func value(_ name: String, of response: StatsEndpoint.Routes.Response) -> String? {
        response.headers.first { $0.name == name }?.value
    }

    @Test("health, and metrics in the form that was asked for")
    func forms() async throws {
        try await withRoutes { routes in
            let health = await routes.response(to: .init(path: "/health"))
            #expect(health.status == 200 && health.body.contains("\"status\" : \"healthy\""))
            #expect(Self.value("Content-Type", of: health) == "application/json")
            #expect(Self.value("Cache-Control", of: health) == "no-store")
            let text = await routes.response(to: .init(path: "/metrics"))
            #expect(text.status == 200 && text.body.contains("# TYPE statsclient_packets_sent_total counter"))
            #expect(Self.value("Vary", of: text) == "Accept")
            for request in [
                StatsEndpoint.Routes.Request(path: "/metrics", accept: "application/json"),
                .init(path: "/metrics", query: "format=json"),
            ] {
                let json = await routes.response(to: request)
                #expect(json.status == 200 && json.body.contains("\"circuitBreaker\" : \"none\""))
            }
        }
    }

    @Test("what is wrong is answered as the server answers it")
    func refusals() async throws {
        try await withRoutes { $0.allowsProfiles = false } _: { routes in
            #expect(await routes.response(to: .init(path: "/nothing")).status == 404)
            #expect(await routes.response(to: .init(path: "/debug/profile")).status == 404)
            #expect(await routes.response(to: .init(path: "/metrics", query: "format=xml")).status == 400)
            let post = await routes.response(to: .init(method: "POST", path: "/health"))
            #expect(post.status == 405 && Self.value("Allow", of: post) == "GET, HEAD")
        }
    }

    @Test("no program inherits the server's sockets")
    func closeOnExec() async throws {
        try await withEndpoint { _, port in
            let connection = try WebClient.Connection(port: port)
            // Once this one is answered, the one before was accepted.
            #expect(try await WebClient.request("GET", "/health", port: port).status == 200)
            let flags = Self.flags(ofSocketsAt: port)
            #expect(flags.count >= 2, "one that listens, and one that was accepted")
            #expect(flags.allSatisfy { $0 & FD_CLOEXEC != 0 }, "\(flags)")
            withExtendedLifetime(connection) {}
        }
    }

    /// The descriptor flags of every socket of this process whose own port is that one.
    private static func flags(ofSocketsAt port: UInt16) -> [Int32] {
        (0..<4096 as Range<Int32>).compactMap { descriptor in
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            // The kernel writes at most the given length.
            let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &length) }
            }
            guard result == 0, address.sin_family == sa_family_t(AF_INET), address.sin_port == port.bigEndian else { return nil }
            return fcntl(descriptor, F_GETFD)
        }
    }
}

/// Profiles are one at a time, so their tests stand beside the server's.
extension ProfileTests {
    @Test("routes take a profile, and a cancelled task ends it")
    func routes() async throws {
        let client = try StatsClient(host: "127.0.0.1", port: 9)
        let routes = try StatsEndpoint.Routes(client: client)
        let short = await routes.response(to: .init(path: "/debug/profile", query: "seconds=0.1"))
        #expect(short.status == 200 && short.headers.contains { $0.name == "X-Profile-Samples" })
        let task = Task { await routes.response(to: .init(path: "/debug/profile", query: "seconds=60")) }
        while !routes.runner.isTaking { await Task.yield() }
        let clock = ContinuousClock()
        let begin = clock.now
        task.cancel()
        #expect(await task.value.status == 503)
        #expect(clock.now - begin < .seconds(30))
        _ = await client.shutdown(within: .milliseconds(100))
    }
}
