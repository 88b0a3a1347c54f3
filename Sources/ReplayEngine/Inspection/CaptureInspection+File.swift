package import PacketCapture
import SystemIO

extension CaptureInspection {
    /// Inspects a whole capture, or as much of it as can be read. A file is read a second time if the meaning of a line depends
    /// on later lines of its sender. A pipe can be read only once.
    ///
    /// - Parameter progress: called every 16 384 datagrams with the packet's number and the events so far
    /// - Returns: the result, and why reading ended early, if it did
    package static func inspect(
        _ path: String, ports: PortSet, rules: ReadingRules = .standard, dialect: DialectChoice = .auto,
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) -> (InspectionResult, CaptureError?) {
        var inspection = CaptureInspection(dialect, SenderDialects())
        var notes = CaptureNotes()
        var failure: CaptureError?
        let canReadAgain = path != "-" && FileKind(path: path) == .regular
        do throws(CaptureError) {
            var reader = try DatagramReader(path: path, ports: ports, rules: rules)
            failure = read(&reader, into: &inspection, stopsUndecided: canReadAgain, progress)
            notes = reader.notes
            if canReadAgain, inspection.isUndecided {
                inspection = CaptureInspection(dialect, SenderDialects.survey(try DatagramReader(path: path, ports: ports, rules: rules)))
                reader = try DatagramReader(path: path, ports: ports, rules: rules)
                failure = read(&reader, into: &inspection, stopsUndecided: false, progress)
                notes = reader.notes
            }
        } catch {
            failure = error
        }
        inspection.finish()
        return (inspection.result(file: path, notes: notes, failure: failure), failure)
    }

    private static func read(
        _ reader: inout DatagramReader, into inspection: inout CaptureInspection, stopsUndecided: Bool,
        _ progress: (UInt64, UInt64) -> Void
    ) -> CaptureError? {
        var count = 0
        do throws(CaptureError) {
            while let datagram = try reader.next() {
                reader.withPayload { inspection.record(datagram, $0) }
                if stopsUndecided, inspection.isUndecided { return nil }
                count += 1
                if count & 0x3FFF == 0 { progress(datagram.packetNumber, inspection.eventCount) }
            }
            return nil
        } catch {
            return error
        }
    }
}
