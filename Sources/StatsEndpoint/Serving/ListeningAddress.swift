import NIOCore
import StatsClient
import StatsPipeline

extension StatsEndpoint.Configuration {
    /// The address to bind to. Names are not resolved, because a name may stand for several machines.
    func socketAddress() throws(ConfigurationError) -> SocketAddress {
        do {
            return try SocketAddress(ipAddress: host, port: Int(port))
        } catch {
            throw ConfigurationError(
                field: "host", value: "'\(host)'", allowed: "an IPv4 or IPv6 address of this machine")
        }
    }
}
