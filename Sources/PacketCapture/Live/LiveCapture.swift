import CPcap
import StatsModel
import SystemIO

/// An open device: the only place that calls libpcap's live functions. It never waits.
///
/// It owns the handle. Data that libpcap points to is valid until the next call, so packets are lent to a closure. It is a
/// class, so that the closure may read the counters while a packet is lent to it. Use from one thread only.
@safe
final class LiveCapture {
    let interface: String
    /// libpcap's number of the link type (DLT_…).
    let linkType: Int32
    let hasNanoseconds: Bool
    /// Readable when packets are there; -1 where the device has no descriptor to wait for.
    let descriptor: Int32
    private let handle: OpaquePointer

    /// Opens the device and sets the filter. Packets are captured from here on.
    init(_ configuration: LiveConfiguration) throws(LiveCaptureError) {
        let handle = try unsafe Self.open(configuration)
        unsafe self.handle = handle
        linkType = unsafe pcap_datalink(handle)
        hasNanoseconds = unsafe pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO
        descriptor = unsafe pcap_get_selectable_fd(handle)
        interface = configuration.interface
    }

    /// Opens and activates a handle, which the caller closes. After an error there is none.
    private static func open(_ configuration: LiveConfiguration) throws(LiveCaptureError) -> OpaquePointer {
        let name = configuration.interface
        var errors = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        // libpcap writes at most PCAP_ERRBUF_SIZE bytes of error message.
        guard let handle = unsafe pcap_create(name, &errors) else {
            throw .failed(interface: name, reason: NetworkInterface.text(errors))
        }
        do throws(LiveCaptureError) {
            try unsafe activate(handle, configuration)
            // Cooked v2 names the interface of each packet. libpcap before 1.10 has v1 only.
            if name == "any" { _ = unsafe pcap_set_datalink(handle, LinkTypeNumber.cookedV2) }
            try unsafe setFilter(handle, configuration, linkType: pcap_datalink(handle))
            guard unsafe pcap_setnonblock(handle, 1, &errors) == 0 else {
                throw .failed(interface: name, reason: NetworkInterface.text(errors))
            }
        } catch {
            unsafe pcap_close(handle)
            throw error
        }
        NetworkLink.closeOnExec(unsafe pcap_fileno(handle))
        // libpcap discards the outgoing copy on the loopback interface, so the kernel need not make it.
        if NetworkLink(name: name).isLoopback {
            NetworkLink.ignoreOutgoing(packetSocket: unsafe pcap_fileno(handle))
        }
        return unsafe handle
    }

    private static func activate(
        _ handle: OpaquePointer, _ configuration: LiveConfiguration
    ) throws(LiveCaptureError) {
        let name = configuration.interface
        unsafe pcap_set_snaplen(handle, Int32(clamping: configuration.snapLength))
        unsafe pcap_set_promisc(handle, configuration.promiscuous ? 1 : 0)
        unsafe pcap_set_buffer_size(handle, Int32(clamping: configuration.bufferSize.bytes))
        unsafe pcap_set_timeout(handle, Int32(LiveConfiguration.blockTimeout.rawValue / 1_000_000))
        // Refused where the device has microseconds only. The precision is read back afterwards.
        unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        let status = unsafe pcap_activate(handle)
        // Values above zero are warnings, and the capture works.
        guard status < 0 else { return }
        switch status {
        case PCAP_ERROR_NO_SUCH_DEVICE: throw .unknownInterface(name)
        case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
            // Without permission libpcap does not look for the device, so this process does.
            let known = try? NetworkInterface.all()
            if let known, !known.contains(where: { $0.name == name }) { throw .unknownInterface(name) }
            throw .notPermitted(interface: name)
        case PCAP_ERROR_IFACE_NOT_UP: throw .interfaceDown(name)
        default: throw .failed(interface: name, reason: unsafe reason(handle, status))
        }
    }

    private static func setFilter(
        _ handle: OpaquePointer, _ configuration: LiveConfiguration, linkType: Int32
    ) throws(LiveCaptureError) {
        let wanted = configuration.filter.expression
        let expression = configuration.filter.kernelExpression(hasVLAN: linkType == LinkTypeNumber.ethernet)
        guard !expression.isEmpty else { return }
        var program = unsafe bpf_program()
        // The program lives until it is freed below. libpcap keeps its own copy.
        guard unsafe pcap_compile(handle, &program, expression, 1, bpf_u_int32(PCAP_NETMASK_UNKNOWN)) == 0 else {
            throw .badFilter(expression: wanted, reason: unsafe String(cString: pcap_geterr(handle)))
        }
        defer { unsafe pcap_freecode(&program) }
        guard unsafe pcap_setfilter(handle, &program) == 0 else {
            throw .badFilter(expression: wanted, reason: unsafe String(cString: pcap_geterr(handle)))
        }
    }

    private static func reason(_ handle: OpaquePointer, _ status: Int32) -> String {
        // Both calls return terminated strings that live as long as the handle.
        let detail = unsafe String(cString: pcap_geterr(handle))
        return detail.isEmpty ? unsafe String(cString: pcap_statustostr(status)) : detail
    }

    /// Lends the next packet to `body`; nil where there is none. Timestamps are nanoseconds since 1970.
    ///
    /// Errors: ``LiveCaptureError/failed(interface:reason:)`` when the device is gone.
    func withNextPacket<Answer>(
        _ body: (_ timestamp: Int64, _ originalCount: UInt32, _ bytes: Span<UInt8>) -> Answer
    ) throws(LiveCaptureError) -> Answer? {
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var data: UnsafePointer<UInt8>?
        let status = unsafe pcap_next_ex(handle, &header, &data)
        if status == 0 { return nil }
        guard status == 1, let header = unsafe header, let data = unsafe data else {
            throw .failed(interface: interface, reason: unsafe Self.reason(handle, status))
        }
        let packet = unsafe header.pointee
        let fraction = Int64(packet.ts.tv_usec) * (hasNanoseconds ? 1 : 1000)
        // libpcap guarantees `caplen` bytes until it reads the next packet, which happens only in this function.
        let bytes = unsafe Span(_unsafeStart: data, count: Int(packet.caplen))
        return body(Int64(packet.ts.tv_sec) * 1_000_000_000 + fraction, packet.len, bytes)
    }

    /// The kernel's current counters, 32 bits wide; nil where libpcap has none.
    func counters() -> (accepted: UInt32, dropped: UInt32)? {
        var answer = pcap_stat()
        // Fills the structure declared above.
        guard unsafe pcap_stats(handle, &answer) == 0 else { return nil }
        return (answer.ps_recv, answer.ps_drop)
    }

    deinit { unsafe pcap_close(handle) }
}
