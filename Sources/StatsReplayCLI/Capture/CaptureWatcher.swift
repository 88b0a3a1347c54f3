import PacketCapture
import StatsModel
import StatsWire
import SystemIO

/// Watches a capture: counts events, and shows a live line on the terminal.
struct CaptureWatcher: CaptureObserver {
    private(set) var counts = CaptureCounts()
    let progressInterval: Nanoseconds?

    private let terminal: Terminal
    private var decoder = EventDecoder()
    private var rate = CaptureRate()

    /// The line is updated five times a second on a terminal, and never without one.
    init(terminal: Terminal) {
        self.terminal = terminal
        progressInterval = terminal.errorIsTerminal ? .milliseconds(200) : nil
    }

    func handleStart(_ description: CaptureDescription, file: String) {
        let filter = description.filter.isEmpty ? "everything" : description.filter
        printError("capturing \(filter) on \(description.interface) to \(CaptureReport.named(file)); Ctrl-C ends it")
    }

    mutating func handlePayload(_ payload: Span<UInt8>) {
        if PacketHeader.isSequenced(payload) {
            counts.sequenced += 1
            do throws(PacketFault) {
                decoder.beginPacket(payload, header: try PacketHeader(decoding: payload))
            } catch {
                counts.damaged += 1
                return
            }
        } else {
            decoder.beginText(payload)
        }
        while true {
            switch decoder.next(payload) {
            case .event(let event): counts.events.add(event.type)
            case .malformed: counts.malformed += 1
            case .end: return
            }
        }
    }

    mutating func handleProgress(_ progress: CaptureProgress) {
        rate.record(packets: progress.packets, at: progress.elapsed)
        let line = CaptureLine.text(progress, counts, packetsPerSecond: rate.packetsPerSecond, width: terminal.width)
        show("\r\u{1B}[K\(line)")
    }

    /// Removes the live line, so that the summary begins on a line of its own.
    func finish() {
        if progressInterval != nil { show("\r\u{1B}[K") }
    }

    /// A closed terminal does not end the capture.
    private func show(_ text: String) {
        var errors = FileWriter.standardError
        try? errors.write(Array(text.utf8).span)
    }
}
