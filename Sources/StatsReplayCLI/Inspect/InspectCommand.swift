import ArgumentParser
import Foundation
import PacketCapture
import ReplayEngine
import StatsModel
import Verification

/// `inspect`: reports the events in a capture, and its problems.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a capture file holds, and whether it is fit to be a fixture.",
        discussion: """
            Reads pcap and pcapng of any size, and decodes StatsD, DogStatsD and sequenced packets: who sent what, \
            when, at which rate, the busiest metrics, malformed lines, gaps and checksum failures.

            A capture is fit to be a fixture when it holds stats events and its replay says all that was said, when \
            it was said: no packet cut, dropped or of contradicting headers, no fragment without its datagram, no \
            malformed line, no checksum failure, no missing sequence number, no super-packet of text, no \
            datagram that may have been captured twice (--duplicates), no clock that \
            steps back by more than 100 ms or forward by more than 30 days, and no more metrics than fit.

            Examples:
              statsreplay inspect captures/lo.pcapng
              statsreplay inspect any.pcapng --duplicates merge
              statsreplay inspect --port 8125 --port 9125-9130 --json traffic.pcap
              statsreplay inspect --dialect statsd traffic.pcap    (x:-5|g is a change, whoever sends it)

            Exit codes: 0 read to its end; 2 it holds no stats event; 64 usage; 65 it cannot be read (what could be \
            read is still shown); 66 no such file; 77 no permission to read it.
            """)

    @Argument(help: "The capture file; '-' is standard input.")
    var capture: String

    @Option(
        help: ArgumentHelp(
            "A destination port, range or list: 8125, 8000-8999. Repeatable. (default: 8125)", valueName: "ports"))
    var port: [String] = []

    @OptionGroup(title: "Reading") var reading: ReadingOptions
    @OptionGroup var dialect: DialectOption

    @Flag(help: "Print one JSON object for machines.")
    var json = false

    func validate() throws {
        do { _ = try PortSet(parsing: port) } catch { throw ValidationError("--port: \(error)") }
    }

    func run() throws {
        let terminal = Terminal()
        let ports = port.isEmpty ? PortSet.standard : try PortSet(parsing: port)
        let (result, failure) = Self.inspect(
            capture, ports: ports, rules: reading.rules, dialect: dialect.dialect ?? .auto, terminal: terminal)
        let report = InspectReport(result: result, terminal: terminal)
        // A missing file has nothing to show, and a file that is no capture has nothing worth showing.
        let wasOpened = !result.format.isEmpty
        if json, failure.map({ Self.status($0) == .dataUnusable }) ?? true {
            try StandardOutput.print(report.json())
        } else if wasOpened {
            try StandardOutput.print(report.text)
        }
        if let failure { throw Self.commandFailure(failure, wasOpened: wasOpened) }
        if result.eventsTotal == 0 {
            throw CommandFailure(status: .nothingVerified, message: "\(InspectText.escaped(capture)) holds no stats event")
        }
    }

    /// Inspects the capture and shows how far it is.
    static func inspect(
        _ path: String, ports: PortSet, rules: ReadingRules = .standard, dialect: DialectChoice = .auto, terminal: Terminal
    ) -> (InspectionResult, CaptureError?) {
        var line = ProgressLine(terminal: terminal)
        defer { line.clear() }
        let (inspected, failure) = CaptureInspection.inspect(path, ports: ports, rules: rules, dialect: dialect) { packet, events in
            line.show("inspecting: packet \(packet), \(events) events")
        }
        var result = inspected
        result.addSentences()
        return (result, failure)
    }

    static func status(_ error: CaptureError) -> ExitStatus {
        switch error.kind {
        case .missing: .inputMissing
        case .notPermitted: .notPermitted
        case .unusable, .inputFailed: .dataUnusable
        }
    }

    private static func commandFailure(_ error: CaptureError, wasOpened: Bool) -> CommandFailure {
        let advice =
            wasOpened && !error.saysWhatToDo
            ? "\nwhat stands before it is shown; record it again, or keep what is whole: editcap BROKEN WHOLE.pcapng" : ""
        return CommandFailure(status: status(error), message: InspectText.escaped(error.description) + advice)
    }
}
