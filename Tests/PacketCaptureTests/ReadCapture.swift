import PacketCapture
import StatsModel

/// Everything a reader gave.
struct ReadCapture {
    struct Datagram: Equatable {
        var timestamp: Int64
        var packetNumber: UInt64
        var source: String
        var destination: String
        var payload: [UInt8]
        var wasFragmented: Bool
        var isSegmented: Bool
        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    var datagrams: [Datagram] = []
    var notes = CaptureNotes()
    var error: CaptureError?
    /// Whether the packets added up after every datagram, not at the end alone.
    var alwaysAddedUp = true

    init(_ bytes: [UInt8], ports: PortSet = .standard, rules: ReadingRules = .standard) {
        do throws(CaptureError) {
            var reader = try DatagramReader(bytes: bytes, name: "test", ports: ports, rules: rules)
            read(&reader)
        } catch {
            self.error = error
        }
    }

    init(path: String, ports: PortSet = .standard, rules: ReadingRules = .standard) {
        do throws(CaptureError) {
            var reader = try DatagramReader(path: path, ports: ports, rules: rules)
            read(&reader)
        } catch {
            self.error = error
        }
    }

    private mutating func read(_ reader: inout DatagramReader) {
        do throws(CaptureError) {
            while let found = try reader.next() {
                let payload = reader.withPayload { span in (0..<span.count).map { span[$0] } }
                datagrams.append(
                    Datagram(
                        timestamp: found.timestamp, packetNumber: found.packetNumber,
                        source: "\(found.source)", destination: "\(found.destination)", payload: payload,
                        wasFragmented: found.wasFragmented, isSegmented: found.isSegmented))
                if payload.count != found.payloadCount { alwaysAddedUp = false }
                if !Self.addsUp(reader.notes) { alwaysAddedUp = false }
            }
        } catch {
            self.error = error
        }
        notes = reader.notes
        if !Self.addsUp(notes) { alwaysAddedUp = false }
    }

    static func addsUp(_ notes: CaptureNotes) -> Bool {
        notes.packets
            == notes.datagrams + notes.fragmentsJoined + notes.repeatedFragments + notes.duplicateCaptures + notes.skipped.total
    }

    var texts: [String] { datagrams.map(\.text) }
}
