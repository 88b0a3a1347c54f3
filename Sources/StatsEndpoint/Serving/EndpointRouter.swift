import FlyingFox
import StatsClient
import StatsModel

/// Answers requests: which path, which method, which form.
struct EndpointRouter: HTTPHandler {
    let client: StatsClient
    let configuration: StatsEndpoint.Configuration
    let profiler: ProfileDesk

    private enum Path: String {
        case health = "/health"
        case metrics = "/metrics"
        case profile = "/debug/profile"

        /// A profile costs its time to take, so it has no HEAD.
        var methods: [HTTPMethod] {
            switch self {
            case .health, .metrics: [.GET, .HEAD]
            case .profile: [.GET]
            }
        }
    }

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await reply(to: request).response(withBody: request.method != .HEAD)
    }

    private func reply(to request: HTTPRequest) async throws -> Reply {
        guard let path = Path(rawValue: request.path), path != .profile || configuration.allowsProfiles else {
            let profile = configuration.allowsProfiles ? " and \(Path.profile.rawValue)?seconds=5" : ""
            return .sentence(.notFound, "not found; there are /health, /metrics\(profile)")
        }
        guard path.methods.contains(request.method) else {
            let allowed = path.methods.map(\.rawValue).joined(separator: ", ")
            return .sentence(.methodNotAllowed, "allowed is \(allowed)", headers: [("Allow", allowed)])
        }
        return switch path {
        case .health: try health()
        case .metrics: try metrics(request)
        case .profile: await profile(request)
        }
    }

    private func health() throws -> Reply {
        let health = client.health()
        return try .json(health.isHealthy ? .ok : .serviceUnavailable, health)
    }

    private func metrics(_ request: HTTPRequest) throws -> Reply {
        let isJSON: Bool
        switch request.query.last(where: { $0.name == "format" })?.value {
        case "json": isJSON = true
        case "prometheus", "text": isJSON = false
        case nil: isJSON = AcceptHeader(request.headers[HTTPHeader("Accept")] ?? "").prefersJSON
        case let other?: return .sentence(.badRequest, "format is '\(other)'; there are prometheus and json")
        }
        var reply =
            isJSON
            ? try Reply.json(.ok, client.exportMetrics())
            : Reply(status: .ok, type: PrometheusText.contentType, body: PrometheusPage(client).text)
        // What a cache keeps depends on what was asked for.
        reply.headers.append(("Vary", "Accept"))
        return reply
    }

    private func profile(_ request: HTTPRequest) async -> Reply {
        let text = request.query.last(where: { $0.name == "seconds" })?.value ?? "5"
        let longest = configuration.longestProfile
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0.1, seconds <= longest.seconds else {
            return .sentence(
                .badRequest, "seconds is '\(text)'; allowed is 0.1 to \(Int(longest.seconds))")
        }
        do throws(ProfileError) {
            let profile = try await profiler.take(
                for: Nanoseconds(Int64(seconds * 1e9)), frequency: configuration.profileFrequency)
            return Reply(
                status: .ok, type: Reply.plainText, body: profile.collapsed,
                headers: [
                    ("X-Profile-Samples", "\(profile.sampleCount)"),
                    ("X-Profile-Frequency", "\(configuration.profileFrequency)"),
                    ("X-Profile-Dropped", "\(profile.droppedCount)"),
                    ("X-Profile-Threads", "\(profile.threadCount)"),
                ])
        } catch {
            return switch error {
            case .busy: .sentence(.conflict, "a profile is being taken; there is one at a time")
            case .cancelled: .sentence(.serviceUnavailable, "the endpoint stops")
            case .unavailable(let reason): .sentence(.serviceUnavailable, reason)
            }
        }
    }
}
