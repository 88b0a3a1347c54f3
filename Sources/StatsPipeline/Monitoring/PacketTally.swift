package import StatsModel
package import StatsWire

/// Reads the events in the bytes of a finished data packet. It is used to account for packets that are lost after the client has
/// counted their events as sent.
package struct PacketTally {
    private var decoder = EventDecoder()

    package init() {}

    /// The tally of a datagram's events. O(bytes). Traps if the bytes are no packet of this client.
    package mutating func count(_ datagram: Span<UInt8>, of packet: OutgoingPacket) -> Tally {
        packet.contents?.tally ?? count(datagram)
    }

    private mutating func count(_ datagram: Span<UInt8>) -> Tally {
        var tally = Tally()
        forEachEvent(of: datagram) { Self.add($0, $1, $2, to: &tally) }
        return tally
    }

    /// Calls `body` with each event of a sequenced packet, the bytes to which its ranges refer, and its time. O(bytes). Traps if
    /// the bytes are no packet of this client.
    package mutating func forEachEvent(of datagram: Span<UInt8>, _ body: (DecodedEvent, Span<UInt8>, Int64) -> Void) {
        let header: PacketHeader
        do throws(PacketFault) {
            header = try PacketHeader(decoding: datagram)
        } catch {
            preconditionFailure("a packet of our own is intact: \(error)")
        }
        decoder.beginPacket(datagram, header: header)
        decoder.forEach(datagram) { event, bytes in
            body(event, bytes, event.timestamp(recordedAt: Int64(bitPattern: header.timestamp)))
        } malformed: { _, _ in
            preconditionFailure("a packet of our own is readable")
        }
    }

    private static func add(_ event: DecodedEvent, _ bytes: Span<UInt8>, _ timestamp: Int64, to tally: inout Tally) {
        let key = EventContent.key(event.type, bytes, name: event.name, tags: event.tags, extra: event.extra)
        tally.add(
            event.type, count: event.count,
            content: EventContent.hash(
                event.type, metricKey: key, value: event.value, rate: event.rate, timestamp: timestamp,
                flags: event.flags, bytes: bytes, name: event.name, tags: event.tags, extra: event.extra,
                text: event.text, count: event.count))
    }
}
