import PacketCapture

/// Whether a capture says when its datagrams were sent.
enum CaptureTimes {
    /// False where every wanted datagram has the timestamp zero or none (pcapng's simple packets); true for a capture without
    /// wanted datagrams. A file that breaks off is asked up to there.
    ///
    /// O(datagrams in front of the first that says a time), which is the first one in nearly every capture.
    ///
    /// Errors: ``CaptureError`` where it cannot be opened.
    static func areStated(in capture: CaptureIdentity, ports: PortSet, rules: ReadingRules) throws(CaptureError) -> Bool {
        var reader = try DatagramReader(capture, ports: ports, rules: rules)
        var isEmpty = true
        do throws(CaptureError) {
            while let datagram = try reader.next() {
                if datagram.saysTime { return true }
                isEmpty = false
            }
        } catch { return isEmpty }
        return isEmpty
    }
}
