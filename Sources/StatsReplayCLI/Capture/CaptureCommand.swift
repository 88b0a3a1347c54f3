import ArgumentParser
import PacketCapture
import StatsModel
import SystemIO

/// `capture`: records live traffic into a capture file.
struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Records stats traffic from a network interface into a capture file.",
        discussion: """
            Keeps the UDP datagrams sent to the given ports, with all their IP fragments, bare or in tunnels (VXLAN, Geneve, \
            GRE, IP in IP, 6in4), until Ctrl-C or a limit. A --filter means the outer packets of tunnels. \
            The file is readable at any moment, by this tool and by Wireshark. It holds every packet as the interface shows \
            it: 'any' may show one several times. The counts, like inspect and run, count such a datagram once, and leave \
            out those with wrong checksums.

            Examples:
              statsreplay capture lo
              statsreplay capture any --port 8125 --port 9125-9130 --duration 30s
              statsreplay capture eth0 --filter 'udp and host 10.0.0.7' --output - | tshark -r -
              statsreplay capture eth0 --rotate-size 100MB --files 10

            Exit codes: 0 captured; 2 nothing was captured; 64 usage, a filter that is none included; 69 no such \
            interface, or it went down; 73 the output cannot be written, is being written by another process, or was removed; 77 no permission (the command that grants \
            it is printed).
            """)

    @Argument(help: "The interface to listen on; 'any' is all of them.")
    var interface: String?

    @Flag(help: "List the interfaces there are, and end.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "A destination port, range or list: 8125, 8000-8999. Repeatable. (default: 8125)", valueName: "ports"))
    var port: [String] = []

    @Option(help: ArgumentHelp("A filter in libpcap's language, instead of --port.", valueName: "expression"))
    var filter: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            """
            Where the packets go: pcapng, or the classic format where the name ends in .pcap; '-' is standard \
            output. A file that is there is overwritten. (default: captures/INTERFACE-TIME.pcapng)
            """, valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp("End after this time, such as 30s.", valueName: "time"),
        transform: Nanoseconds.init(parsing:))
    var duration: Nanoseconds?

    @Option(help: ArgumentHelp("End after this many packets.", valueName: "count"))
    var packets: UInt64?

    @Option(
        help: ArgumentHelp("End before the files grow beyond this size together, such as 10MB.", valueName: "size"),
        transform: ByteCount.init(parsing:))
    var size: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Go on in a new file (NAME_00001_TIME.pcapng) before one grows beyond this size.", valueName: "size"),
        transform: ByteCount.init(parsing:))
    var rotateSize: ByteCount?

    @Option(
        help: ArgumentHelp(
            "Go on in a new file after this time; a file without packets waits for one.", valueName: "time"),
        transform: Nanoseconds.init(parsing:))
    var rotateInterval: Nanoseconds?

    @Option(help: ArgumentHelp("With --rotate-...: keep this many files, and remove the oldest.", valueName: "count"))
    var files: Int?

    @Option(
        help: ArgumentHelp("Keep at most this much of each packet. (default: 256KiB)", valueName: "size"),
        transform: ByteCount.init(parsing:))
    var snaplen: ByteCount?

    @Option(
        help: ArgumentHelp("The kernel's buffer for packets not read yet. (default: 16MiB)", valueName: "size"),
        transform: ByteCount.init(parsing:))
    var bufferSize: ByteCount?

    @Flag(help: "Take packets for other machines too.")
    var promiscuous = false

    @Flag(help: "Print the summary (or the list) as one JSON object for machines.")
    var json = false

    func validate() throws {
        if list { return }
        if interface == nil {
            throw ValidationError(
                "Which interface? \(CaptureInterfaces.sentence) (statsreplay capture --list says more)")
        }
        if filter != nil, !port.isEmpty { throw ValidationError("--filter replaces --port: give one of them.") }
        if packets == 0 { throw ValidationError("--packets 0 would capture nothing.") }
        if duration == .zero { throw ValidationError("--duration 0 would capture nothing.") }
        if rotateInterval == .zero { throw ValidationError("--rotate-interval is longer than 0.") }
        if let snaplen, !(1...LiveConfiguration.largestSnapLength).contains(snaplen.bytes) {
            throw ValidationError("--snaplen is between 1 and \(LiveConfiguration.largestSnapLength) bytes.")
        }
        if let bufferSize, !(65_536...1 << 30).contains(bufferSize.bytes) {
            throw ValidationError("--buffer-size is between 64KiB and 1GiB.")
        }
        if let files, files < 1 { throw ValidationError("--files is at least 1.") }
        let rotates = rotateSize != nil || rotateInterval != nil
        if files != nil, !rotates { throw ValidationError("--files needs --rotate-size or --rotate-interval.") }
        if rotates, output == "-" { throw ValidationError("Standard output is one stream: it cannot rotate.") }
        if output?.isEmpty == true { throw ValidationError("--output is a file, or '-'.") }
        do { _ = try PortSet(parsing: port) } catch { throw ValidationError("--port: \(error)") }
    }

    func run() throws {
        guard let interface, !list else { return try CaptureInterfaces.print(asJSON: json) }
        let terminal = Terminal()
        if output == "-", terminal.outputIsTerminal {
            throw CommandFailure(
                status: .usage,
                message: "packets are no text for a terminal: pipe them on, or name a file with --output")
        }
        let ports = try PortSet(parsing: port)
        let listening = LiveConfiguration(
            interface: interface,
            filter: filter.map(CaptureFilter.expression) ?? .ports(port.isEmpty ? .standard : ports),
            snapLength: snaplen?.bytes ?? LiveConfiguration.largestSnapLength,
            bufferSize: bufferSize ?? LiveConfiguration.standardBufferSize, promiscuous: promiscuous)
        let bounds = CaptureBounds(duration: duration, packets: packets, size: size)
        let policy = RotationPolicy(size: rotateSize, interval: rotateInterval, fileCount: files)
        let summary: CaptureSummary
        var watcher = CaptureWatcher(terminal: terminal)
        do throws(CaptureFailure) {
            summary = try CaptureSession.capture(
                listening, bounds: bounds, target: target(interface), policy: policy,
                application: "statsreplay \(StatsReplayCommand.configuration.version)", observer: &watcher)
        } catch { throw CommandFailure(error) }
        watcher.finish()
        let report = CaptureReport(summary, watcher.counts, listening)
        try report.print(asJSON: json, terminal: terminal)
        if let failure = report.failure { throw failure }
    }

    private func target(_ interface: String) -> CaptureOutput.Target {
        switch output {
        case "-": .standardOutput(.pcapng)
        case let path?: .file(path: path, isGenerated: false)
        case nil:
            .file(
                path: CaptureOutput.standardPath(interface: interface, wall: SystemClock.wallNanoseconds),
                isGenerated: true)
        }
    }
}
