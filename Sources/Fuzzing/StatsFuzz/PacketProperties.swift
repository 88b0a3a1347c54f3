import CDeflate
import StatsModel
import StatsWire

/// Properties of any sequenced packet: a header with a wrong checksum is never accepted, and any payload after a valid header
/// is decoded to its end without leaving its bytes.
enum PacketProperties {
    static func check(_ bytes: [UInt8]) {
        checkAsIs(bytes)
        checkSound(bytes)
    }

    /// The bytes as they came. They are nearly always refused, and never accepted wrongly.
    private static func checkAsIs(_ bytes: [UInt8]) {
        do throws(PacketFault) {
            let header = try PacketHeader(decoding: bytes.span)
            require(PacketHeader.isSequenced(bytes.span), "a verified packet begins with the magic")
            require(Int(header.payloadLength) + PacketHeader.byteCount == bytes.count, "a verified packet's length")
            require(checksum(bytes) == stated(bytes), "a packet was believed whose checksum fails")
            require(PacketHeader(unverified: bytes.span) == header, "unverified and verified fields agree")
            _ = decode(bytes, header: header)
        } catch {
            let unverified = PacketHeader(unverified: bytes.span)
            require(unverified == nil || bytes.count >= PacketHeader.byteCount, "header fields out of too few bytes")
        }
    }

    /// The same payload after a valid header, so that the payload's decoders are reached.
    private static func checkSound(_ bytes: [UInt8]) {
        guard bytes.count >= PacketHeader.byteCount, bytes.count <= 65_507 else { return }
        let packet = sound(bytes)
        do throws(PacketFault) {
            let header = try PacketHeader(decoding: packet.span)
            let (events, _) = decode(packet, header: header)
            let (again, _) = decode(packet, header: header)
            require(events == again, "decoding the same packet again gives the same")
            if header.kind == .heartbeat || header.kind == .closing {
                _ = TotalsReport(decoding: packet.span, header: header)
                checkRunningTotals(packet, header: header)
            }
            if header.kind == .acknowledgement { checkAcknowledgement(packet, header: header) }
            if header.codec != .none { CodecRoundTrip.check(events, codec: header.codec) }
            checkFlip(packet)
        } catch {
            require(false, "a sound packet is refused: \(error)")
        }
    }

    /// The ranges of a decoded acknowledgement are ascending and disjoint. They lie above its floor, and at or below its
    /// highest number.
    private static func checkAcknowledgement(_ packet: [UInt8], header: PacketHeader) {
        guard let answer = Acknowledgement(decoding: packet.span, header: header) else { return }
        require(answer.floor <= answer.highest, "the floor lies above the highest number")
        var end = answer.floor
        for index in 0..<answer.rangeCount {
            let range = answer.missing(index, in: packet.span)
            require(range.lowerBound > end && range.upperBound <= answer.highest, "a range out of order")
            end = range.upperBound == .max ? .max : range.upperBound + 1
        }
    }

    /// An acknowledgement with two missing ranges.
    private static func answer() -> [UInt8] {
        var builder = AcknowledgementBuilder()
        builder.begin(floor: 37)
        require(builder.append(38...39) && builder.append(41...41), "an answer has room for two ranges")
        _ = builder.seal(
            session: 3, highest: 42, latest: 42, held: .microseconds(1500), number: AnswerNumber(epoch: 9, counter: 3))
        return builder.withBytes { span in (0..<span.count).map { span[$0] } }
    }

    /// A report that carries running totals of a counter and a gauge.
    private static func stated() -> [UInt8] {
        var builder = PacketBuilder(maximumSize: 1472, codec: .none)
        builder.beginRunningTotals(timestamp: 1)
        let keys = Array("hits#env:prodc:ci-1".utf8)
        for type in [MetricType.counter, .gauge] {
            let said = RunningTotal(
                type: type, name: ByteRange(0..<4), tags: ByteRange(5..<13), extra: type == .gauge ? ByteRange(13..<19) : .empty,
                value: 2.5, count: 300, latest: 40)
            require(builder.append(said, keys: keys.span, sequence: 200), "a packet has room for two running totals")
        }
        let report = TotalsReport(packets: 200, sent: TypeCounts(), dropped: TypeCounts())
        _ = builder.sealRunningTotals(report, kind: .closing, session: 3, sequence: 200, timestamp: 1)
        return builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
    }

    /// Running totals are decoded to their end inside their bytes. Encoded and decoded again, they are the same.
    private static func checkRunningTotals(_ packet: [UInt8], header: PacketHeader) {
        var reader = RunningTotalReader(packet.span, header: header)
        var builder = PacketBuilder(maximumSize: 65_507, codec: .none)
        builder.beginRunningTotals(timestamp: header.timestamp)
        var read: [RunningTotal] = []
        var steps = 0
        loop: while true {
            switch reader.next(packet.span) {
            case .end: break loop
            case .malformed: break
            case .runningTotal(let said):
                require(said.latest >= 1 && said.latest <= header.sequence && said.count >= 1, "a running total of no packet")
                require(max(Int(said.name.upper), Int(said.tags.upper), Int(said.extra.upper)) <= packet.count, "outside")
                guard builder.append(said, keys: packet.span, sequence: header.sequence) else { break loop }
                read.append(said)
            }
            steps += 1
            require(steps <= packet.count, "\(packet.count) bytes of running totals and no end")
        }
        guard let report = TotalsReport(decoding: packet.span, header: header) else { return }
        _ = builder.sealRunningTotals(
            report, kind: header.kind, session: header.session, sequence: header.sequence, timestamp: header.timestamp)
        let again = builder.withBytes { bytes in (0..<bytes.count).map { bytes[$0] } }
        var second = RunningTotalReader(again.span, header: header)
        for said in read {
            guard case .runningTotal(let other) = second.next(again.span) else { return require(false, "a running total got lost") }
            let strings = { (said: RunningTotal, bytes: [UInt8]) in
                [said.name, said.tags, said.extra].map { Array(bytes[$0.range]) }
            }
            require(
                other.value.bitPattern == said.value.bitPattern && other.count == said.count && other.latest == said.latest
                    && other.type == said.type && strings(other, again) == strings(said, packet), "a running total changed")
        }
    }

    /// A flipped bit at any position is detected (a CRC detects every single-bit error).
    private static func checkFlip(_ packet: [UInt8]) {
        var packet = packet
        let place = Int(checksum(packet)) % (packet.count * 8)
        packet[place / 8] ^= 1 << UInt8(place % 8)
        do throws(PacketFault) {
            _ = try PacketHeader(decoding: packet.span)
            require(false, "bit \(place) is flipped and nobody saw")
        } catch {
            // As expected.
        }
    }

    /// Every event of a verified packet, with each step checked, and the number of refused records.
    static func decode(_ packet: [UInt8], header: PacketHeader) -> (events: [PlainEvent], malformed: Int) {
        var events: [PlainEvent] = []
        var steps = 0
        var malformed = 0
        var decoder = EventDecoder()
        decoder.beginPacket(packet.span, header: header)
        while true {
            let step = decoder.next(packet.span)
            StepCheck.check(step, byteCount: packet.count, scratchCount: decoder.scratch.count)
            switch step {
            case .end:
                require(decoder.next(packet.span) == .end, "the end of a packet is not its end")
                return (events, malformed)
            case .event(let event): events.append(PlainEvent(event, in: event.isInScratch ? decoder.scratch : packet))
            case .malformed: malformed += 1
            }
            steps += 1
            require(steps <= packet.count, "\(packet.count) bytes of a packet gave \(steps) steps and no end")
        }
    }

    /// Replaces magic, kind and codec by known ones, and corrects length and checksum. The rest stays.
    static func sound(_ bytes: [UInt8]) -> [UInt8] {
        var packet = bytes
        packet.replaceSubrange(0..<4, with: Array("SRP1".utf8))
        packet[4] %= UInt8(PacketKind.allCases.count)
        packet[5] %= UInt8(PacketCodec.allCases.count)
        let length = packet.count - PacketHeader.byteCount
        packet[32] = UInt8(length & 0xFF)
        packet[33] = UInt8(length >> 8)
        let sum = checksum(packet)
        for index in 0..<4 { packet[36 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(index))) }
        return packet
    }

    private static func stated(_ packet: [UInt8]) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(packet[36 + $1]) << (8 * UInt32($1)) }
    }

    /// CRC-32 (IEEE 802.3) of the packet with its checksum field taken as zero, computed independent of the code under test.
    private static func checksum(_ packet: [UInt8]) -> UInt32 {
        var zeroed = packet
        for index in 36..<40 { zeroed[index] = 0 }
        // In bounds: the pointer and the count are the array's own.
        return unsafe zeroed.withUnsafeBytes { unsafe libdeflate_crc32(0, $0.baseAddress, $0.count) }
    }

    /// Packets from the builder for every codec and for a report, and JSON in the form of another writer.
    static func seeds() -> [[UInt8]] {
        let header = [UInt8](repeating: 0, count: PacketHeader.byteCount)
        var json = header
        json[5] = PacketCodec.json.rawValue
        var report = header
        report[4] = PacketKind.heartbeat.rawValue
        return built() + strangers.map { json + Array($0.utf8) }
            + [report + [UInt8](repeating: 1, count: TotalsReport.byteCount), header, stated(), answer()]
    }

    private static let strangers = [
        #"[{"name":"http.requests","type":"counter","value":1,"tags":["env:prod"],"rate":0.5,"timestamp":1700000000000000000}]"#,
        #"[{"type":"set","name":"u\u0073ers","member":"\ud83d\ude00"},{"name":"x","type":"event","text":"a\nb","other":{"deep":[1,[2]]}}]"#,
        #" [ ] "#, #"[{"name":"a","type":"gauge","value":-1e-3},{"name":"c","type":"service_check","value":3,"text":"\"\\\/"}]"#,
    ]

    private static func built() -> [[UInt8]] {
        let lines = Array("a:1|c|@0.5|#x:y\nb:-2|g|T1700000000\nc:3.5|ms\nd:e|s\n_e{1,2}:t|te|#a\n_sc|s|1|m:why".utf8)
        let events = TextProperties.decode(lines).compactMap { $0 }
        return PacketCodec.allCases.filter { $0 != .none }.map { CodecRoundTrip.packet(of: events, codec: $0) }
    }
}
