import StatsClient
public import StatsModel
public import StatsPipeline

extension StatsEndpoint {
    /// Where the endpoint listens and what it allows.
    public struct Configuration: Sendable, Equatable {
        /// An IPv4 or IPv6 address of this machine. The default is reached from this machine alone; there is no
        /// authentication, so think before opening it to others.
        public var host = "127.0.0.1"
        /// 0 takes a free port, which ``StatsEndpoint/waitUntilListening()`` tells.
        public var port: UInt16 = 8127
        /// Whether `/debug/profile` is there at all; else it is unknown.
        public var allowsProfiles = true
        /// The longest profile one may ask for.
        public var longestProfile = Nanoseconds.seconds(60)
        /// Samples for each second of a thread's processor time.
        public var profileFrequency = 100
        /// Connections at the same time. Beyond them the one that waited longest for its client is closed; where all of
        /// them take profiles, a new one is refused with 503. A process may have fewer file descriptors: where there is none
        /// for a new connection, the one that waited longest is closed as well.
        public var maximumConnections = 64
        /// The longest time from a connection, or the first byte of a later request, to the end of the request.
        public var requestTimeout = Nanoseconds.seconds(10)
        /// The longest time from an answer to the next request, and for a client to take an answer.
        public var idleTimeout = Nanoseconds.seconds(90)

        public init() {}

        public init(host: String = "127.0.0.1", port: UInt16) {
            self.host = host
            self.port = port
        }

        /// Throws the first field that is outside its range.
        public func validate() throws(ConfigurationError) {
            guard (Nanoseconds.seconds(1) ... .seconds(600)).contains(longestProfile) else {
                throw ConfigurationError(field: "longestProfile", value: "\(longestProfile)", allowed: "1s to 600s")
            }
            guard (1...1000).contains(profileFrequency) else {
                throw ConfigurationError(field: "profileFrequency", value: "\(profileFrequency)", allowed: "1 to 1000")
            }
            guard (1...10_000).contains(maximumConnections) else {
                throw ConfigurationError(field: "maximumConnections", value: "\(maximumConnections)", allowed: "1 to 10000")
            }
            let times = [("requestTimeout", requestTimeout), ("idleTimeout", idleTimeout)]
            for (field, time) in times where !(Nanoseconds.milliseconds(100) ... .seconds(3600)).contains(time) {
                throw ConfigurationError(field: field, value: "\(time)", allowed: "100ms to 3600s")
            }
            _ = try socketAddress()
        }
    }
}
