package import SystemIO

/// Reads the UDP datagrams of a capture file, pcap or pcapng, in bounded memory whatever the file's size.
///
/// Memory: one read of the file (1 MiB, or one packet where that is longer, at most 16 MiB), the fragments that wait for
/// reassembly, and hashes of recent datagrams. A pipe that never ends can be read too.
package struct DatagramReader: ~Copyable {
    private var records: RecordReader
    private var decoder: DatagramDecoder
    private var failure: CaptureError?

    /// Opens the file; `-` is standard input. The format is recognised from its first bytes.
    ///
    /// Errors: ``CaptureError``, of kind `missing`, `notPermitted`, `unusable` (no capture, or a broken header) or
    /// `inputFailed`.
    package init(path: String, ports: PortSet = .standard, rules: ReadingRules = .standard) throws(CaptureError) {
        records = try RecordReader(try InputWindow(path: path))
        decoder = DatagramDecoder(ports: ports, rules: rules)
    }

    /// Reads a capture that came through a pipe, from its beginning.
    package init(_ spool: SpooledInput, ports: PortSet, rules: ReadingRules = .standard) throws(CaptureError) {
        records = try RecordReader(InputWindow(spool))
        decoder = DatagramDecoder(ports: ports, rules: rules)
    }

    /// Reads a capture in memory. Errors name `name` in place of a file.
    package init(
        bytes: [UInt8], name: String, ports: PortSet = .standard, rules: ReadingRules = .standard
    ) throws(CaptureError) {
        records = try RecordReader(InputWindow(bytes: bytes, name: name))
        decoder = DatagramDecoder(ports: ports, rules: rules)
    }

    /// The next datagram in file order; nil at the end of the file.
    ///
    /// After an error everything read before stays valid, and ``notes`` counts it. A further call gives the same error or nil
    /// again. O(packet). A fragmented datagram is returned with the packet that completes it.
    package mutating func next() throws(CaptureError) -> CapturedDatagram? {
        if let failure { throw failure }
        do {
            while try records.advance() {
                let (record, number) = (records.record, records.packetNumber)
                if let datagram = records.withPacket({ decoder.handle($0, record, number: number) }) { return datagram }
            }
            return nil
        } catch {
            failure = error
            throw error
        }
    }

    /// The payload of the datagram last returned; empty before the first.
    ///
    /// The call changes nothing. It is `mutating` because a borrowing call would copy the reader, a kilobyte, each time.
    package mutating func withPayload<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch decoder.payload {
        case .packet(let range): try body(records.window.bytes.span.extracting(records.positions(range)))
        case .reassembled(let range): try body(decoder.reassembly.whole.span.extracting(range))
        }
    }

    /// The counts so far; final once ``next()`` gave nil. Fragments that still wait count under ``SkippedCounts/fragment``, so
    /// that the counts add up at every moment. O(interfaces of the file).
    package var notes: CaptureNotes {
        var notes = decoder.notes
        records.describe(in: &notes)
        return notes
    }
}
