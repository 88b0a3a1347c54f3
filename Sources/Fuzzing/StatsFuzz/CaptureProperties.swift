import PacketCapture

/// Properties of any capture file: reading it ends, the counts add up, and payloads lie inside the file.
enum CaptureProperties {
    static let everyPort = PortSet([0...UInt16.max])
    /// Every packet takes at least a record header in the file: 16 bytes in pcap, 16 in a simple pcapng packet.
    private static let leastBytesOfAPacket = 16

    static func check(_ bytes: [UInt8]) {
        let first = read(bytes)
        require(first == read(bytes), "reading the same capture again gives the same")
        require(
            first.notes.packets <= UInt64(bytes.count / leastBytesOfAPacket),
            "\(bytes.count) bytes hold \(first.notes.packets) packets")
    }

    /// The result of reading a whole file.
    struct Reading: Equatable {
        var datagrams: [Found] = []
        var notes = CaptureNotes()
        var error: CaptureError?
    }

    struct Found: Equatable {
        var packetNumber: UInt64
        var source: Endpoint
        var destination: Endpoint
        var timestamp: Int64
        var wasFragmented: Bool
        var payload: [UInt8]
    }

    /// Reads to the end or to the first error, and checks the counts after each datagram.
    static func read(_ bytes: [UInt8]) -> Reading {
        var reading = Reading()
        do throws(CaptureError) {
            var reader = try DatagramReader(bytes: bytes, name: "fuzz", ports: everyPort)
            do throws(CaptureError) {
                while let datagram = try reader.next() {
                    reading.datagrams.append(found(datagram, in: &reader))
                    checkAccounting(reader.notes)
                    let reads = reading.datagrams.count
                    require(reads <= bytes.count, "\(bytes.count) bytes gave \(reads) datagrams and no end")
                    require(reader.notes.datagrams == UInt64(reads), "the notes count the datagrams that came")
                }
                checkSettled(&reader, error: nil)
            } catch {
                reading.error = error
                checkSettled(&reader, error: error)
            }
            checkAccounting(reader.notes)
            reading.notes = reader.notes
        } catch {
            reading.error = error
        }
        return reading
    }

    private static func found(_ datagram: CapturedDatagram, in reader: inout DatagramReader) -> Found {
        let payload = reader.withPayload { Bytes.copy($0) }
        require(payload.count == datagram.payloadCount, "a payload is as long as its datagram says")
        require(
            datagram.packetNumber >= 1 && datagram.packetNumber <= reader.notes.packets,
            "datagram of packet \(datagram.packetNumber), read are \(reader.notes.packets)")
        return Found(
            packetNumber: datagram.packetNumber, source: datagram.source, destination: datagram.destination,
            timestamp: datagram.timestamp, wasFragmented: datagram.wasFragmented, payload: payload)
    }

    /// Checks that the end stays the end, and that an error stays the same error.
    private static func checkSettled(_ reader: inout DatagramReader, error: CaptureError?) {
        let before = reader.notes
        do throws(CaptureError) {
            let more = try reader.next()
            require(more == nil, "a datagram after the end")
        } catch {
            require(Optional(error) == error, "an error after the end")
        }
        require(reader.notes == before, "reading on after the end changes the notes")
    }

    static func checkAccounting(_ notes: CaptureNotes) {
        let placed = notes.datagrams + notes.fragmentsJoined + notes.repeatedFragments + notes.duplicateCaptures + notes.skipped.total
        require(notes.packets == placed, "\(notes.packets) packets were read, \(placed) have a place")
        require(notes.linkTypes.count <= 64, "\(notes.linkTypes.count) link types are named")
    }

    /// The first bytes of the captures, and one file of each format and byte order.
    static func seeds(captures: [String]) -> [[UInt8]] {
        var seeds = captures.flatMap { path in [300, 4000].map { Seeds.head(of: path, count: $0) } }
        let frames = FrameProperties.frames(of: 1)
        for isBig in [false, true] {
            for isNanoseconds in [false, true] {
                seeds.append(CaptureBytes.pcap(link: 1, frames, isBig: isBig, isNanoseconds: isNanoseconds))
            }
            seeds.append(CaptureBytes.pcapng(frames, isBig: isBig))
        }
        seeds.append(CaptureBytes.pcapng(frames, isBig: false) + CaptureBytes.pcapng(frames, isBig: true))
        return seeds
    }
}
