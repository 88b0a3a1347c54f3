import NIOHTTP1
public import StatsClient
import StatsModel
public import StatsPipeline
import Synchronization

extension StatsEndpoint {
    /// The endpoint's routes without its server, for a service that has an HTTP server of its own.
    ///
    ///     let routes = try StatsEndpoint.Routes(client: client)
    ///     let response = await routes.response(to: .init(path: "/health"))
    ///     // response.status, response.headers, response.body
    ///
    /// The paths are those of ``StatsEndpoint``. Of the configuration only the fields on profiles matter here. The service's
    /// server must limit the size and time of requests, control access, and add `Content-Length`, `Date` and `Connection`.
    public struct Routes: Sendable {
        /// The parts of a request that affect the answer.
        public struct Request: Sendable {
            /// The method as it was sent: `GET`.
            public var method: String
            /// The path as it was sent, not decoded, without the query: `/metrics`.
            public var path: String
            /// The query as it was sent, without the question mark: `format=json`. Empty if there is none.
            public var query: String
            /// The value of the header field `Accept`. Several fields are joined with commas. Empty if there is none.
            public var accept: String

            /// A request from its parts.
            public init(method: String = "GET", path: String, query: String = "", accept: String = "") {
                self.method = method
                self.path = path
                self.query = query
                self.accept = accept
            }
        }

        /// One answer.
        public struct Response: Sendable {
            /// The status code of HTTP, such as 200 or 503.
            public var status: Int
            /// `Content-Type`, `Cache-Control`, `X-Content-Type-Options`, and further fields of this answer.
            public var headers: [(name: String, value: String)]
            /// UTF-8. The answer to `HEAD` has the body of `GET`, which the server counts and leaves out.
            public var body: String
        }

        private let router: EndpointRouter
        let runner = ProfileRunner()

        /// Throws ``ConfigurationError``.
        public init(client: StatsClient, configuration: Configuration = Configuration()) throws(ConfigurationError) {
            try configuration.validate()
            router = EndpointRouter(client: client, configuration: configuration)
        }

        /// Answers a request. Only a profile takes time. Cancelling the task ends the profile with status 503.
        ///
        /// O(bytes of the request), and of the answer.
        public nonisolated(nonsending) func response(to request: Request) async -> Response {
            let target = RequestTarget(path: request.path, query: request.query)
            let reply =
                switch router.answer(method: request.method, target, accept: request.accept) {
                case .reply(let reply): reply
                case .profile(let time): router.reply(await profile(for: time))
                }
            return Response(status: Int(reply.status.code), headers: reply.contentFields, body: reply.body)
        }

        private nonisolated(nonsending) func profile(for time: Nanoseconds) async -> Result<CPUProfile, ProfileError> {
            let cancellation = ProfileCancellation()
            return await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    do throws(ProfileError) {
                        let frequency = router.configuration.profileFrequency
                        cancellation.begin(try runner.begin(for: time, frequency: frequency) { continuation.resume(returning: $0) })
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            } onCancel: {
                cancellation.cancel()
            }
        }
    }
}

/// Ends a profile whose task was cancelled, even if it is cancelled before the profile begins.
private final class ProfileCancellation: Sendable {
    private struct State {
        var run: ProfileRun?
        var isCancelled = false
    }

    private let state = Mutex(State())

    func begin(_ run: ProfileRun) {
        let isCancelled = state.withLock { state in
            state.run = run
            return state.isCancelled
        }
        if isCancelled { run.cancel() }
    }

    func cancel() {
        let run = state.withLock { state in
            state.isCancelled = true
            return state.run
        }
        run?.cancel()
    }
}
