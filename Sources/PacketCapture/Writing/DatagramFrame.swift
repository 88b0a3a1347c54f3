/// A UDP datagram as a packet of a capture file of link type 101 (raw IP): IPv4 or IPv6 header, UDP header, payload.
package enum DatagramFrame {
    /// The link type of the packets that ``append(from:to:payload:into:)`` writes.
    package static let linkType: UInt16 = 101

    /// Appends the packet. If it is too long for its length fields, they are 0, as segmentation offload leaves them. O(n).
    ///
    /// IPv4 (RFC 791): version and header length 1, service 1, length 2, identification 2, flags 2 (may not be fragmented),
    /// time to live 1, protocol 1, checksum 2, source 4, destination 4. IPv6 (RFC 8200): version, class and label 4, payload
    /// length 2, next header 1, hop limit 1, source 16, destination 16. UDP (RFC 768): ports 2 and 2, length 2, checksum 2.
    ///
    /// - Parameters:
    ///   - source: an address of the destination's IP version; another one is written as if it were of that version
    ///   - buffer: receives the packet
    package static func append(
        from source: Endpoint, to destination: Endpoint, payload: Span<UInt8>, into buffer: inout [UInt8]
    ) {
        let udpCount = UDPHeader.byteCount + payload.count
        let start = buffer.count
        if destination.isIPv6 {
            buffer.append(big: 0x6000_0000 as UInt32)
            buffer.append(big: UInt16(exactly: udpCount) ?? 0)
            buffer += [IPHeader.udp, hopLimit]
            for word in [source.high, source.low, destination.high, destination.low] { buffer.append(big: word) }
        } else {
            buffer += [0x45, 0]
            buffer.append(big: UInt16(exactly: 20 + udpCount) ?? 0)
            buffer.append(big: 0 as UInt16)
            buffer.append(big: 0x4000 as UInt16)
            buffer += [hopLimit, IPHeader.udp, 0, 0]
            buffer.append(big: UInt32(truncatingIfNeeded: source.low))
            buffer.append(big: UInt32(truncatingIfNeeded: destination.low))
            let sum = unsafe InternetChecksum.sum(buffer.span.bytes, start, start + 20)
            buffer.set(big: ~InternetChecksum.fold(sum), at: start + 10)
        }
        appendUDP(from: source, to: destination, payload: payload, into: &buffer)
    }

    private static let hopLimit: UInt8 = 64

    private static func appendUDP(
        from source: Endpoint, to destination: Endpoint, payload: Span<UInt8>, into buffer: inout [UInt8]
    ) {
        let start = buffer.count
        let count = UDPHeader.byteCount + payload.count
        buffer.append(big: source.port)
        buffer.append(big: destination.port)
        buffer.append(big: UInt16(exactly: count) ?? 0)
        buffer.append(big: 0 as UInt16)
        buffer.append(bytesOf: payload)
        // The pseudo-header: addresses, protocol and length, in words of 32 bits.
        var sum = UInt64(IPHeader.udp) + UInt64(count)
        for word in [source.high, source.low, destination.high, destination.low] { sum += word >> 32 + word & 0xFFFF_FFFF }
        sum += UInt64(InternetChecksum.fold(unsafe InternetChecksum.sum(buffer.span.bytes, start, buffer.count)))
        let checksum = ~InternetChecksum.fold(sum)
        // A sum of 0 is sent as 0xFFFF, because 0 means that there is no checksum (RFC 768).
        buffer.set(big: checksum == 0 ? 0xFFFF : checksum, at: start + 6)
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(big number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    fileprivate mutating func set(big number: UInt16, at offset: Int) {
        self[offset] = UInt8(number >> 8)
        self[offset + 1] = UInt8(number & 0xFF)
    }
}
