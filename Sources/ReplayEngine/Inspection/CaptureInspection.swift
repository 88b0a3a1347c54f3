package import PacketCapture
import StatsModel
import StatsReceiver
import StatsWire

/// Inspects a capture, one datagram after the other: which events it holds, and whether it makes a fixture.
///
/// This is a machine: ``record(_:_:)`` takes datagrams, and ``result(file:notes:failure:)`` gives the state at any moment. Memory
/// is bounded for captures of any length: by the catalog's limits, ``sourceLimit`` sources, 512 bins of time, ``exampleLimit``
/// malformed lines, and the receiver's limits for sessions and gaps.
///
/// Sequenced packets go through a ``StatsReceiver``. Their events count as in a receiver: once, and only if the checksum is good.
package struct CaptureInspection: ~Copyable {
    /// The number of sources with a row of their own.
    package static let sourceLimit = 4096
    /// The number of malformed lines, and of packets with a wrong checksum, that a report shows. All of them are counted.
    package static let exampleLimit = MalformedLines.exampleLimit
    /// The number of parity group shapes that are kept apart. A client uses a single shape.
    package static let shapeLimit = 16

    var totals = EventTotals()
    var receiver: StatsReceiver
    var sources = SourceTable(limit: CaptureInspection.sourceLimit)
    var timeline = Timeline()
    var malformed = MalformedLines()
    var sequencedPackets: UInt64 = 0
    var textDatagrams: UInt64 = 0
    var segmentedTexts: UInt64 = 0
    var splitDatagrams: UInt64 = 0
    var outOfRange: UInt64 = 0
    var checksumFailures: UInt64 = 0
    var failedPackets: [UInt64] = []
    /// Readable sequenced packets, by the kind's raw value.
    var kinds = [UInt64](repeating: 0, count: PacketKind.allCases.count)
    var parityShapes: [InspectionResult.ParityShape] = []
    var otherParity: UInt64 = 0
    /// Datagrams with a time (``CapturedDatagram/saysTime``), and datagrams without.
    var timedDatagrams: UInt64 = 0
    var untimedDatagrams: UInt64 = 0
    var delivery = DeliveryCheck()
    private var decoder = EventDecoder()
    private var reading: DialectReading
    /// The first datagram's time, at which the receiver's clock begins.
    private var epoch: Int64?

    /// The decisions that depended on the text's dialect.
    var dialect: DialectFacts { reading.facts }

    /// True after a line of text whose meaning depends on later lines of the same sender. A caller that can read the capture
    /// twice scans it for dialects first (``SenderDialects``). Otherwise the lines before decide how such a line is read.
    package private(set) var isUndecided = false

    /// An inspection with a choice of dialect.
    ///
    /// - Parameters:
    ///   - dialect: the dialect of the text, or `auto`
    ///   - senders: the dialects of senders that are already known
    package init(_ dialect: DialectChoice, _ senders: SenderDialects) {
        reading = DialectReading(dialect, senders)
        var configuration = ReceiverConfiguration()
        // The summaries contain every gap, so gaps need not be polled.
        configuration.maximumUnpolled = 1
        // The inspection itself counts the events of text and of packets.
        configuration.countsRecords = false
        receiver = StatsReceiver(configuration: configuration)
    }

    /// Takes the next datagram of the file. O(bytes). It allocates only for sources and metrics that appear for the first time.
    package mutating func record(_ datagram: CapturedDatagram, _ bytes: Span<UInt8>) {
        if datagram.saysTime { timedDatagrams += 1 } else { untimedDatagrams += 1 }
        let before = (events: totals.counts(), malformed: malformed.total, failures: checksumFailures)
        let source = sources.position(of: datagram.source)
        if PacketHeader.isSequenced(bytes) {
            recordPackets(datagram, bytes, source: source)
        } else {
            textDatagrams += 1
            if datagram.isSegmented { segmentedTexts += 1 }
            decoder.beginText(bytes, dialect: reading.dialect(of: datagram.source))
            drain(bytes, datagram, timestamp: datagram.timestamp)
            reading.record(decoder, of: datagram.source)
            isUndecided = reading.isUndecided
            sources.record(source, reading.choice.fixed, decoder.signs)
        }
        var events = totals.counts()
        events.lanes &-= before.events.lanes
        sources.record(
            source, byteCount: bytes.count, events: events, malformed: malformed.total - before.malformed,
            failures: checksumFailures - before.failures, at: datagram.timestamp)
        timeline.record(events.total, at: datagram.timestamp)
    }

    /// Takes one sequenced packet, or several packets in a row if segmentation offload had not split them yet. Each packet's own
    /// length then gives the start of the next one.
    private mutating func recordPackets(_ datagram: CapturedDatagram, _ bytes: Span<UInt8>, source: Int) {
        var start = 0
        while start < bytes.count {
            let rest = bytes.extracting(start..<bytes.count)
            let count = PacketSplitter.length(ofFirstIn: rest)
            if start == 0, count < bytes.count { splitDatagrams += 1 }
            recordPacket(datagram, rest.extracting(0..<count), source: source)
            start += count
        }
    }

    private mutating func recordPacket(_ datagram: CapturedDatagram, _ bytes: Span<UInt8>, source: Int) {
        sequencedPackets += 1
        let epoch = self.epoch ?? datagram.timestamp
        self.epoch = epoch
        let elapsed = datagram.timestamp > epoch ? UInt64(bitPattern: datagram.timestamp &- epoch) : 0
        let identifier = SourceID(Self.identifier(datagram.source, position: source))
        switch receiver.receive(bytes, from: identifier, at: Instant(nanoseconds: elapsed)) {
        case .accepted(let header, late: _):
            kinds[Int(header.kind.rawValue)] += 1
            decoder.beginPacket(bytes, header: header)
            drain(bytes, datagram, timestamp: Int64(bitPattern: header.timestamp))
        case .duplicate(let header): kinds[Int(header.kind.rawValue)] += 1
        case .control(let header):
            kinds[Int(header.kind.rawValue)] += 1
            if header.kind == .parity { recordParity(bytes, header) }
        case .outOfRange: outOfRange += 1
        case .corrupt:
            checksumFailures += 1
            if failedPackets.count < Self.exampleLimit { failedPackets.append(datagram.packetNumber) }
        }
    }

    private mutating func recordParity(_ bytes: Span<UInt8>, _ header: PacketHeader) {
        guard let parity = try? ParityPacket(decoding: bytes, header: header) else {
            otherParity += 1
            return
        }
        var shape = InspectionResult.ParityShape(
            members: parity.group.memberCount, stride: parity.group.stride, parities: parity.parityCount, packets: 0)
        let known = parityShapes.firstIndex {
            $0.members == shape.members && $0.stride == shape.stride && $0.parities == shape.parities
        }
        if let known {
            parityShapes[known].packets += 1
        } else if parityShapes.count < Self.shapeLimit {
            shape.packets = 1
            parityShapes.append(shape)
        } else {
            otherParity += 1
        }
    }

    /// The source's row number. Sources beyond the table have no row, and a hash of their address identifies them.
    private static func identifier(_ endpoint: Endpoint, position: Int) -> UInt64 {
        guard position == sourceLimit else { return UInt64(position) }
        return 1 << 63 | endpoint.identifier.rawValue
    }

    private mutating func drain(_ bytes: Span<UInt8>, _ datagram: CapturedDatagram, timestamp: Int64) {
        decoder.forEachBatch(bytes) { events, bytes in
            totals.record(events, bytes: bytes, timestamp: timestamp)
            for index in events.indices { delivery.record(events[index], bytes: bytes, timestamp: timestamp) }
        } malformed: { reason, range in
            malformed.record(reason, range, bytes, datagram)
            totals.recordMalformed(reason)
        }
    }

    /// Ends the capture: packets that are missing now are lost. Call it once, before ``result(file:notes:failure:)``.
    package mutating func finish() {
        receiver.finish(at: Instant(nanoseconds: .max))
    }

    /// Events counted so far, for a line of progress.
    package var eventCount: UInt64 { totals.tally.counts.total }
}
