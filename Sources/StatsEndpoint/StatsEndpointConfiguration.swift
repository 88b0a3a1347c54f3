import StatsClient
import StatsModel
public import StatsPipeline

extension StatsEndpoint {
    /// The address of the endpoint and its limits.
    public struct Configuration: Sendable, Equatable {
        /// An IPv4 or IPv6 address of this machine. The default can be reached from this machine only. There is no
        /// authentication, so consider the risk before opening it to other machines.
        public var host = "127.0.0.1"
        /// The port. 0 takes a free port; ``StatsEndpoint/waitUntilListening()`` returns it.
        public var port: UInt16 = 8127
        /// Whether `/debug/profile` exists. If not, it is answered with 404.
        public var allowsProfiles = true
        /// The longest profile that a request may demand.
        public var longestProfile = Duration.seconds(60)
        /// Samples for each second of a thread's processor time.
        public var profileFrequency = 100
        /// The most connections at the same time. If the limit is reached, a new connection replaces the one that has waited
        /// longest for its client. If all connections take profiles, a new one is refused with 503. A connection is replaced
        /// too if the process has no file descriptor for a new one.
        public var maximumConnections = 64
        /// The longest time from connecting, or from the first byte of a later request, to the end of the request.
        public var requestTimeout = Duration.seconds(10)
        /// The longest time from an answer to the next request, and for a client to receive an answer.
        public var idleTimeout = Duration.seconds(90)

        /// A configuration with all defaults.
        public init() {}

        /// A configuration with this address, and defaults for everything else.
        public init(host: String = "127.0.0.1", port: UInt16) {
            self.host = host
            self.port = port
        }

        /// Throws an error for the first field that is out of range.
        public func validate() throws(ConfigurationError) {
            guard (Duration.seconds(1) ... .seconds(600)).contains(longestProfile) else {
                throw ConfigurationError(field: "longestProfile", value: "\(Nanoseconds(longestProfile))", allowed: "1s to 600s")
            }
            guard (1...1000).contains(profileFrequency) else {
                throw ConfigurationError(field: "profileFrequency", value: "\(profileFrequency)", allowed: "1 to 1000")
            }
            guard (1...10_000).contains(maximumConnections) else {
                throw ConfigurationError(field: "maximumConnections", value: "\(maximumConnections)", allowed: "1 to 10000")
            }
            let times = [("requestTimeout", requestTimeout), ("idleTimeout", idleTimeout)]
            for (field, time) in times where !(Duration.milliseconds(100) ... .seconds(3600)).contains(time) {
                throw ConfigurationError(field: field, value: "\(Nanoseconds(time))", allowed: "100ms to 3600s")
            }
            _ = try socketAddress()
        }
    }
}
