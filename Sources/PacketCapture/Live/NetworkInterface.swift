import CPcap

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A device that can be captured on, as libpcap lists it.
package struct NetworkInterface: Sendable, Equatable {
    package var name: String
    /// libpcap's description; empty where it has none.
    package var description: String
    /// IPv4 and IPv6 addresses as text, in libpcap's order.
    package var addresses: [String]
    package var isUp: Bool
    package var isLoopback: Bool

    package init(name: String, description: String, addresses: [String], isUp: Bool, isLoopback: Bool) {
        self.name = name
        self.description = description
        self.addresses = addresses
        self.isUp = isUp
        self.isLoopback = isLoopback
    }

    /// All devices that libpcap knows, in its order: the most likely first. Needs no permission.
    ///
    /// Errors: ``LiveCaptureError/failed(interface:reason:)`` with libpcap's message.
    package static func all() throws(LiveCaptureError) -> [NetworkInterface] {
        var errors = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        var first: UnsafeMutablePointer<pcap_if_t>?
        // libpcap writes at most PCAP_ERRBUF_SIZE bytes of error message. Its list is freed below.
        guard unsafe pcap_findalldevs(&first, &errors) == 0 else {
            throw .failed(interface: "", reason: text(errors))
        }
        defer { unsafe pcap_freealldevs(first) }
        var found: [NetworkInterface] = []
        var device = unsafe first
        while let current = unsafe device {
            // The list's strings live until it is freed.
            let entry = unsafe current.pointee
            unsafe found.append(
                NetworkInterface(
                    name: String(cString: entry.name),
                    description: entry.description.map { unsafe String(cString: $0) } ?? "",
                    addresses: addresses(entry.addresses), isUp: entry.flags & UInt32(PCAP_IF_UP) != 0,
                    isLoopback: entry.flags & UInt32(PCAP_IF_LOOPBACK) != 0))
            unsafe device = unsafe entry.next
        }
        return found
    }

    private static func addresses(_ first: UnsafeMutablePointer<pcap_addr>?) -> [String] {
        var found: [String] = []
        var entry = unsafe first
        while let current = unsafe entry {
            if let address = unsafe current.pointee.addr, let text = unsafe text(of: address) { found.append(text) }
            unsafe entry = unsafe current.pointee.next
        }
        return found
    }

    /// The address in numeric form; nil for families other than IP.
    private static func text(of address: UnsafeMutablePointer<sockaddr>) -> String? {
        let length: Int
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var host = [CChar](repeating: 0, count: 128)
        // getnameinfo reads as many bytes as the family has, and writes a terminated string of at most the array's length.
        let status = unsafe getnameinfo(
            address, socklen_t(length), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
        return status == 0 ? text(host) : nil
    }

    /// The characters up to the terminating zero.
    static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
