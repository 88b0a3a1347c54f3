package import PacketCapture

/// Datagrams of a capture in memory, in file order: all of them, or a part.
///
/// Parts of one excerpt share its payloads, so that many parts cost little. Memory: the payloads once, and for each part about a
/// hundred bytes per datagram.
package struct CaptureExcerpt: Sendable {
    private struct Item: Sendable {
        var datagram: CapturedDatagram
        var payload: Range<Int>
    }

    private var items: [Item] = []
    private var bytes: [UInt8] = []

    package init() {}

    /// Reads all datagrams to these ports, with these rules, from a capture whose identity is already known. A pipe's data was
    /// saved, and is read again.
    ///
    /// Errors: ``CaptureError``. A capture that breaks off in the middle is refused as a whole.
    package init(_ capture: CaptureIdentity, ports: PortSet, rules: ReadingRules) throws(CaptureError) {
        var reader = try DatagramReader(capture, ports: ports, rules: rules)
        while let datagram = try reader.next() { reader.withPayload { append(datagram, $0) } }
    }

    package var count: Int { items.count }
    package var indices: Range<Int> { items.indices }
    package subscript(index: Int) -> CapturedDatagram { items[index].datagram }

    /// The payload of one datagram.
    package func withPayload<Result>(of index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span.extracting(items[index].payload))
    }

    package func payload(of index: Int) -> ArraySlice<UInt8> { bytes[items[index].payload] }

    /// Adds a datagram at the end. O(payload).
    package mutating func append(_ datagram: CapturedDatagram, _ payload: Span<UInt8>) {
        let start = bytes.count
        // The pointer covers exactly the span, and is used only inside the call.
        unsafe payload.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        var datagram = datagram
        datagram.payloadCount = payload.count
        items.append(Item(datagram: datagram, payload: start..<bytes.count))
    }

    /// The datagrams at these indices, which must ascend. O(indices).
    package func keeping(_ kept: some Sequence<Int>) -> CaptureExcerpt {
        var part = CaptureExcerpt()
        part.items = kept.map { items[$0] }
        part.bytes = bytes
        return part
    }
}
