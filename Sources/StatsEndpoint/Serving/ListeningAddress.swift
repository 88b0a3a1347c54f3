import NIOCore
import StatsClient
import StatsPipeline

extension StatsEndpoint.Configuration {
    /// What to bind to. Names are not resolved: a name may mean more machines than this one.
    func socketAddress() throws(ConfigurationError) -> SocketAddress {
        do {
            return try SocketAddress(ipAddress: host, port: Int(port))
        } catch {
            throw ConfigurationError(
                field: "host", value: "'\(host)'", allowed: "an IPv4 or IPv6 address of this machine")
        }
    }
}
