/// The result of ``CaptureInspection``: plain numbers and names, the same for people and for machines.
///
/// Times are nanoseconds since 1970. Every key is always present. Only facts that a file does not report are null
/// (`kernel_drops`, `interface_drops`, the times of an empty file, `error`).
package struct InspectionResult: Codable, Equatable, Sendable {
    /// Packets that gave no datagram, by reason.
    package struct Skipped: Codable, Equatable, Sendable {
        /// Packets cut by a snap length, packets that are not UDP, datagrams to other ports, fragments of datagrams that never
        /// became whole, and packets with contradictory headers.
        package var truncated, notUDP, otherPort, fragment, malformed: UInt64
        /// Packets in a tunnel that cannot be read.
        package var tunnel: UInt64
        /// Packets of datagrams with a wrong checksum, which no receiver accepts.
        package var checksum: UInt64
        enum CodingKeys: String, CodingKey {
            case truncated, fragment, malformed, tunnel, checksum
            case notUDP = "not_udp"
            case otherPort = "other_port"
        }
    }

    /// Datagrams by protocol.
    package struct Protocols: Codable, Equatable, Sendable {
        /// Packets of this project's own format, broken ones included, and datagrams of text.
        package var sequenced, text: UInt64
    }

    /// Parity packets whose groups have the same shape (`Sources/FORMATS.md`).
    package struct ParityShape: Codable, Equatable, Sendable {
        /// The number of data packets in a group, and the distance between their sequence numbers.
        package var members, stride: Int
        /// The number of parity packets in a group. A group survives the loss of as many data packets.
        package var parities: Int
        /// The number of parity packets in the capture.
        package var packets: UInt64
    }

    /// Events that are longer than the default client's limit. A run of this client loses them as `oversize`.
    package struct Undeliverable: Codable, Equatable, Sendable {
        /// The number of such events.
        package var events: UInt64
        /// Encoded bytes of the longest such event (0 if there is none), and the client's limit.
        package var longestBytes, limitBytes: UInt64
        enum CodingKeys: String, CodingKey {
            case events
            case longestBytes = "longest_bytes"
            case limitBytes = "limit_bytes"
        }
    }

    /// Lines and records that could not be decoded.
    package struct MalformedLines: Codable, Equatable, Sendable {
        /// The number of malformed lines and records.
        package var total: UInt64
        /// Counts by reason, for the reasons that occurred.
        package var reasons: [String: UInt64]
        /// The first malformed lines.
        package var examples: [MalformedExample]
    }

    /// One malformed line or record.
    package struct MalformedExample: Codable, Equatable, Sendable {
        /// The packet's number in the capture, from 1.
        package var packet: UInt64
        /// Address and port of the sender.
        package var source: String
        /// The reason's name: see ``MalformedReason``.
        package var reason: String
        /// The line's text. Bytes beyond printable ASCII are written as `\xNN`.
        package var excerpt: String
    }

    /// One session of sequenced packets.
    package struct Session: Codable, Equatable, Sendable {
        /// Address and port of the sender.
        package var source: String
        /// The session's number, in sixteen hexadecimal digits.
        package var session: String
        /// The lowest and highest sequence number, then counts of data packets: received in all, received for the first time,
        /// lost, duplicates, and late ones.
        package var first, last, received, unique, lost, duplicate, late: UInt64
        /// Packets with an incredible sequence number, and restarts of the numbering.
        package var outOfRange, restarts: UInt64
        /// Ranges of lost numbers as `[from, to]`, ascending.
        package var gaps: [[UInt64]]
        /// Whether there are more gaps than ``gaps`` holds.
        package var gapsTruncated: Bool
        enum CodingKeys: String, CodingKey {
            case source, session, first, last, received, unique, lost, duplicate, late, restarts, gaps
            case outOfRange = "out_of_range"
            case gapsTruncated = "gaps_truncated"
        }
    }

    /// One sender's traffic.
    package struct Source: Codable, Equatable, Sendable {
        /// Address and port, or ``otherSources`` for all senders beyond the table.
        package var source: String
        /// Counts of datagrams, of their bytes, and of malformed lines.
        package var datagrams, bytes, malformed: UInt64
        /// Packets whose checksum or header is wrong.
        package var checksumFailures: UInt64
        /// The sum of ``events``.
        package var eventsTotal: UInt64
        /// Events by type. Every type is present.
        package var events: [String: UInt64]
        /// The times of the first and the last datagram.
        package var first, last: Int64
        /// Events per second between the first and the last datagram. 0 if both have the same time.
        package var eventsPerSecond: Double
        /// The dialect in which the text was read, `datadog` or `statsd`. null if the sender sent no text.
        @Nullable package var dialect: String?
        enum CodingKeys: String, CodingKey {
            case dialect, source, datagrams, bytes, malformed, events, first, last
            case checksumFailures = "checksum_failures"
            case eventsTotal = "events_total"
            case eventsPerSecond = "events_per_second"
        }
    }

    /// One of the metrics with the most events.
    package struct BusyMetric: Codable, Equatable, Sendable {
        /// The metric's type and name.
        package var type, name: String
        /// Events of this metric, over all its tag sets.
        package var events: UInt64
        /// The number of different tag sets.
        package var tagSets: UInt64
        enum CodingKeys: String, CodingKey {
            case type, name, events
            case tagSets = "tag_sets"
        }
    }

    /// Events over time.
    package struct Plot: Codable, Equatable, Sendable {
        /// The time at which the first bin begins. null if there is no datagram.
        @Nullable package var start: Int64?
        /// The width of a bin in nanoseconds.
        package var binNanoseconds: UInt64
        /// Events in each bin.
        package var events: [UInt64]
        enum CodingKeys: String, CodingKey {
            case start, events
            case binNanoseconds = "bin_ns"
        }
    }

    /// Decisions that depended on the dialect of the senders' text.
    package struct Dialect: Codable, Equatable, Sendable {
        /// The requested dialect: `auto`, `datadog` or `statsd`.
        package var choice: String
        /// Signed values of gauges: read as levels, or read as changes.
        package var signedLevels, signedChanges: UInt64
        /// Values of type `m` that were counted, and lines of type `m` that were refused.
        package var metersCounted, metersRefused: UInt64
        /// Events whose text was clipped at the stated length, and service checks with fields after their message.
        package var clippedEvents, fieldsBehindMessages: UInt64
        /// The same facts and more as values. JSON leaves them out.
        package var facts = DialectFacts()
        /// The facts as sentences. The inspection leaves them empty, and reports add them.
        package var remarks: [String] = []
        enum CodingKeys: String, CodingKey {
            case choice, remarks
            case signedLevels = "signed_levels"
            case signedChanges = "signed_changes"
            case metersCounted = "meters_counted"
            case metersRefused = "meters_refused"
            case clippedEvents = "clipped_events"
            case fieldsBehindMessages = "fields_behind_messages"
        }
    }

    /// The name of the row for all sources beyond ``CaptureInspection/sourceLimit``.
    package static let otherSources = "other sources"

    /// The file's name, as the user gave it.
    package var file: String
    /// The capture format: `pcap` or `pcapng`.
    package var format: String
    /// The names of the link types, joined by `+` if a file has several.
    package var linkType: String
    /// Packets in the file.
    package var packets: UInt64
    /// Datagrams to the requested ports that were read.
    package var datagrams: UInt64
    /// Packets that gave no datagram.
    package var skipped: Skipped
    /// Datagrams by protocol.
    package var protocols: Protocols
    /// Readable sequenced packets by kind. Every kind is present.
    package var packetKinds: [String: UInt64]
    /// Shapes of parity groups, the first ``CaptureInspection/shapeLimit`` in the order of first appearance.
    package var parityShapes: [ParityShape]
    /// Parity packets that contradict themselves, or that have further shapes.
    package var otherParity: UInt64
    /// Events by type. Every type is present.
    package var events: [String: UInt64]
    /// The sum of ``events``.
    package var eventsTotal: UInt64
    /// The number of different metrics: type, name and tags.
    package var distinctMetrics: UInt64
    /// Whether there were more metrics than fit. ``distinctMetrics`` is then a lower bound.
    package var metricsTruncated: Bool
    /// Sums of value/rate by counter name, over all tag sets.
    package var counters: [String: Double]
    /// Events that the default client refuses.
    package var undeliverable: Undeliverable
    /// Lines and records that could not be decoded.
    package var malformedLines: MalformedLines
    /// Packets whose checksum or header is wrong.
    package var checksumFailures: UInt64
    /// The numbers of the first packets with a wrong checksum or header.
    package var checksumFailurePackets: [UInt64]
    /// Sessions of sequenced packets.
    package var sessions: [Session]
    /// The number of sessions that are not listed.
    package var olderSessions: UInt64
    /// Senders, in the order of first appearance.
    package var sources: [Source]
    /// The metrics with the most events.
    package var busiest: [BusyMetric]
    /// Events over time.
    package var timeline: Plot
    /// Facts that are no problem by themselves.
    package var remarks: Remarks
    /// Decisions that depended on the dialect.
    package var dialect: Dialect
    /// Whether the capture makes a fixture: ``problemFacts`` is empty.
    package var fit: Bool
    /// The reasons why the capture makes no fixture, as sentences with advice. The inspection leaves them empty, and reports add
    /// them.
    package var problems: [String] = []
    /// The same reasons as values. JSON leaves them out.
    package var problemFacts: [CaptureProblem] = []
    /// The error that ended the reading early. null if there is none.
    @Nullable package var error: String?

    enum CodingKeys: String, CodingKey {
        case file, format, packets, datagrams, skipped, protocols, events, counters, sessions, sources, busiest, timeline
        case undeliverable, remarks, dialect, fit, problems, error
        case linkType = "link_type"
        case packetKinds = "packet_kinds"
        case parityShapes = "parity_shapes"
        case otherParity = "other_parity"
        case eventsTotal = "events_total"
        case distinctMetrics = "distinct_metrics"
        case metricsTruncated = "metrics_truncated"
        case malformedLines = "malformed_lines"
        case checksumFailures = "checksum_failures"
        case checksumFailurePackets = "checksum_failure_packets"
        case olderSessions = "older_sessions"
    }
}
