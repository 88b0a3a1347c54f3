import NIOHTTP1
import StatsClient
import StatsModel

/// Answers requests by path, method and format.
struct EndpointRouter: Sendable {
    let client: StatsClient
    let configuration: StatsEndpoint.Configuration

    enum Answer {
        case reply(Reply)
        /// A profile of this length must be taken first.
        case profile(Nanoseconds)
    }

    private enum Path: String {
        case health = "/health"
        case metrics = "/metrics"
        case profile = "/debug/profile"

        /// There is no HEAD for a profile, because taking one costs its time.
        var methods: [String] {
            switch self {
            case .health, .metrics: ["GET", "HEAD"]
            case .profile: ["GET"]
            }
        }
    }

    /// O(bytes of the request), and of the answer.
    func answer(_ request: HTTPRequestHead) -> Answer {
        // Exactly one Host header, or none in versions before HTTP/1.1 (RFC 9112, section 3.2).
        let hosts = request.headers["Host"].count
        guard hosts == 1 || hosts == 0 && request.version == .http1_0 else {
            return .reply(.sentence(.badRequest, "the request has \(hosts) Host fields; HTTP/1.1 requires one"))
        }
        return answer(
            method: request.method.rawValue, RequestTarget(request.uri), accept: request.headers["Accept"].joined(separator: ","))
    }

    /// The same from the parts of a request that affect the answer.
    func answer(method: String, _ target: RequestTarget, accept: String) -> Answer {
        guard let path = Path(rawValue: String(target.path)), path != .profile || configuration.allowsProfiles else {
            let profile = configuration.allowsProfiles ? " and \(Path.profile.rawValue)?seconds=5" : ""
            return .reply(.sentence(.notFound, "not found; there are /health, /metrics\(profile)"))
        }
        guard path.methods.contains(method) else {
            let allowed = path.methods.joined(separator: ", ")
            return .reply(.sentence(.methodNotAllowed, "allowed is \(allowed)", headers: [("Allow", allowed)]))
        }
        switch path {
        case .health: return .reply(health())
        case .metrics: return .reply(metrics(target, accept: accept))
        case .profile: return profile(target)
        }
    }

    private func health() -> Reply {
        let health = client.health()
        return .json(health.isHealthy ? .ok : .serviceUnavailable, health)
    }

    private func metrics(_ target: RequestTarget, accept: String) -> Reply {
        let isJSON: Bool
        switch target.value(of: "format") {
        case "json": isJSON = true
        case "prometheus", "text": isJSON = false
        case nil: isJSON = AcceptHeader(accept).prefersJSON
        case let other?:
            return .sentence(.badRequest, "format is \(Reply.quoted(other)); there are prometheus and json")
        }
        var reply =
            isJSON
            ? Reply.json(.ok, client.exportMetrics())
            : Reply(status: .ok, type: PrometheusText.contentType, body: PrometheusPage(client).text)
        // The cached form depends on the Accept header.
        reply.headers.append(("Vary", "Accept"))
        return reply
    }

    private func profile(_ target: RequestTarget) -> Answer {
        let text = target.value(of: "seconds") ?? "5"
        let longest = Nanoseconds(configuration.longestProfile)
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0.1, seconds <= longest.seconds else {
            return .reply(
                .sentence(
                    .badRequest, "seconds is \(Reply.quoted(text)); allowed is 0.1 to \(Int(longest.seconds))"))
        }
        return .profile(Nanoseconds(Int64(seconds * 1e9)))
    }

    /// The reply for the result of a requested profile.
    func reply(_ result: Result<CPUProfile, ProfileError>) -> Reply {
        switch result {
        case .success(let profile):
            Reply(
                status: .ok, type: Reply.plainText, body: profile.collapsed,
                headers: [
                    ("X-Profile-Samples", "\(profile.sampleCount)"),
                    ("X-Profile-Frequency", "\(configuration.profileFrequency)"),
                    ("X-Profile-Dropped", "\(profile.droppedCount)"),
                    ("X-Profile-Threads", "\(profile.threadCount)"),
                ])
        case .failure(.busy): .sentence(.conflict, "a profile is being taken; there is one at a time")
        case .failure(.cancelled): .sentence(.serviceUnavailable, "the endpoint stops")
        case .failure(.unavailable(let reason)): .sentence(.serviceUnavailable, reason)
        }
    }
}
