import FlyingSocks
import StatsClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension StatsEndpoint.Configuration {
    /// What to bind to. Names are not resolved: a name may mean more machines than this one.
    func socketAddress() throws(ConfigurationError) -> any SocketAddress {
        if let address = try? sockaddr_in.inet(ip4: host, port: port) { return address }
        if let address = try? sockaddr_in6.inet6(ip6: host, port: port) { return address }
        throw ConfigurationError(field: "host", value: "'\(host)'", allowed: "an IPv4 or IPv6 address of this machine")
    }
}
