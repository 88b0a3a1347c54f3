import PacketCapture

/// Finds out whether a capture has the times of its datagrams.
enum CaptureTimes {
    /// False if every requested datagram has the timestamp zero or none (pcapng's simple packets). True for a capture without
    /// requested datagrams. A file that breaks off is examined up to that point.
    ///
    /// O(datagrams before the first one with a time). In nearly every capture that is the first datagram.
    ///
    /// Errors: ``CaptureError`` if it cannot be opened.
    static func hasTimes(in capture: CaptureIdentity, ports: PortSet, rules: ReadingRules) throws(CaptureError) -> Bool {
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
