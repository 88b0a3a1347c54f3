/// What ``CaptureInspection`` found: plain numbers and names, the same for people and machines.
///
/// Times are nanoseconds since 1970. Every key is there whatever the capture holds; only what a file does not report
/// (`kernel_drops`, `interface_drops`, the times of an empty file, `error`) is null.
package struct InspectionResult: Codable, Equatable, Sendable {
    package struct Skipped: Codable, Equatable, Sendable {
        package var truncated, notUDP, otherPort, fragment, malformed: UInt64
        /// In a tunnel that cannot be read.
        package var tunnel: UInt64
        /// Of datagrams that no receiver accepts for their checksums.
        package var checksum: UInt64
        enum CodingKeys: String, CodingKey {
            case truncated, fragment, malformed, tunnel, checksum
            case notUDP = "not_udp"
            case otherPort = "other_port"
        }
    }

    package struct Protocols: Codable, Equatable, Sendable {
        /// Packets of this project's own format, broken ones included, and datagrams of text.
        package var sequenced, text: UInt64
    }

    /// Parity packets of groups of one shape (`Sources/FORMATS.md`).
    package struct ParityShape: Codable, Equatable, Sendable {
        /// Data packets that a group covers, and how far apart their numbers are.
        package var members, stride: Int
        /// Parity packets of a group: as many of its data packets may be lost.
        package var parities: Int
        /// How many parity packets came.
        package var packets: UInt64
    }

    /// Events longer than the default client sends, which a run of it loses as `oversize`.
    package struct Undeliverable: Codable, Equatable, Sendable {
        package var events: UInt64
        /// Bytes of the longest one as it is encoded, 0 where there is none; and of the longest that client sends.
        package var longestBytes, limitBytes: UInt64
        enum CodingKeys: String, CodingKey {
            case events
            case longestBytes = "longest_bytes"
            case limitBytes = "limit_bytes"
        }
    }

    package struct MalformedLines: Codable, Equatable, Sendable {
        package var total: UInt64
        /// Reasons that occurred, with their counts.
        package var reasons: [String: UInt64]
        /// The first ones.
        package var examples: [MalformedExample]
    }

    package struct MalformedExample: Codable, Equatable, Sendable {
        package var packet: UInt64
        package var source: String
        package var reason: String
        /// Bytes beyond printable ASCII as `\xNN`.
        package var excerpt: String
    }

    package struct Session: Codable, Equatable, Sendable {
        package var source: String
        /// Sixteen hexadecimal digits.
        package var session: String
        package var first, last, received, unique, lost, duplicate, late: UInt64
        /// Packets whose number could not be believed, and new beginnings of the numbering.
        package var outOfRange, restarts: UInt64
        /// Lost numbers as `[from, to]`, ascending.
        package var gaps: [[UInt64]]
        package var gapsTruncated: Bool
        enum CodingKeys: String, CodingKey {
            case source, session, first, last, received, unique, lost, duplicate, late, restarts, gaps
            case outOfRange = "out_of_range"
            case gapsTruncated = "gaps_truncated"
        }
    }

    package struct Source: Codable, Equatable, Sendable {
        /// Address and port; ``otherSources`` for all beyond the table.
        package var source: String
        package var datagrams, bytes, malformed: UInt64
        package var checksumFailures: UInt64
        package var eventsTotal: UInt64
        package var events: [String: UInt64]
        package var first, last: Int64
        package var eventsPerSecond: Double
        /// `datadog` or `statsd`: what its text is read as; null where it sent none.
        @Nullable package var dialect: String?
        enum CodingKeys: String, CodingKey {
            case dialect, source, datagrams, bytes, malformed, events, first, last
            case checksumFailures = "checksum_failures"
            case eventsTotal = "events_total"
            case eventsPerSecond = "events_per_second"
        }
    }

    package struct BusyMetric: Codable, Equatable, Sendable {
        package var type, name: String
        package var events: UInt64
        /// How many sets of tags it came with.
        package var tagSets: UInt64
        enum CodingKeys: String, CodingKey {
            case type, name, events
            case tagSets = "tag_sets"
        }
    }

    package struct Plot: Codable, Equatable, Sendable {
        @Nullable package var start: Int64?
        package var binNanoseconds: UInt64
        /// Events in each bin.
        package var events: [UInt64]
        enum CodingKeys: String, CodingKey {
            case start, events
            case binNanoseconds = "bin_ns"
        }
    }

    /// What depended on the dialect of the senders' text.
    package struct Dialect: Codable, Equatable, Sendable {
        /// `auto`, `datadog` or `statsd`.
        package var choice: String
        /// Gauges' values with a sign, read as levels or as changes.
        package var signedLevels, signedChanges: UInt64
        /// Values of the type `m`, and lines of it that are refused.
        package var metersCounted, metersRefused: UInt64
        package var clippedEvents, fieldsBehindMessages: UInt64
        /// The same in sentences.
        package var remarks: [String]
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

    /// Datagrams to a port that was not asked for.
    package struct OtherPort: Codable, Equatable, Sendable {
        package var port: UInt16
        package var datagrams: UInt64
        /// Whether most of those looked at begin as StatsD does: a guess.
        package var looksLikeStats: Bool
        enum CodingKeys: String, CodingKey {
            case port, datagrams
            case looksLikeStats = "looks_like_stats"
        }
    }

    /// Datagrams of one address whose checksums are wrong, and its others.
    package struct WrongSource: Codable, Equatable, Sendable {
        package var source: String
        package var wrong, right: UInt64

        /// Its own machine may have left the checksums to a device that the capture saw the packets before.
        package var isMostlyWrong: Bool { wrong >= right }
    }

    /// What is worth knowing about the file, and no reason against it by itself.
    package struct Remarks: Codable, Equatable, Sendable {
        package var badIPChecksums, badUDPChecksums, offloadedUDPChecksums: UInt64
        package var superPackets, splitDatagrams, duplicateSightings, fragmentsJoined, repeatedFragments: UInt64
        /// Datagrams that may have been seen before, and nothing proves it; and those that are proven, but were kept.
        package var unprovenDuplicates, keptDuplicates: UInt64
        package var offloadedIPChecksums: UInt64
        /// Datagrams that no receiver accepts for their checksums, those among them that were joined of fragments, and their
        /// senders, the first ``PacketCapture/CaptureNotes/wrongSourceLimit``.
        package var wrongDatagrams, wronglyJoined: UInt64
        package var wrongSources: [WrongSource]
        package var clockStepsBack: UInt64
        package var largestStepBackNanoseconds: Int64
        /// Whether any datagram states a time: all are zero or missing where it is false.
        package var hasTime: Bool
        package var packetsWithoutTime: UInt64
        /// The largest step forward of the clock, and the packets at which it and the largest step back are; 0: none.
        package var largestStepForwardNanoseconds: Int64
        package var largestStepForwardPacket, largestStepBackPacket: UInt64
        /// Packets that came in tunnels, by kind, and those whose tunnel cannot be read, by what is wrong with it.
        package var tunnels, unreadTunnels: [String: UInt64]
        /// The other ports, those that look like stats first, then by datagrams; the first ones.
        package var otherPorts: [OtherPort]
        /// TCP segments to the wanted ports.
        package var tcpPackets: UInt64
        @Nullable package var kernelDrops: UInt64?
        @Nullable package var interfaceDrops: UInt64?
        @Nullable package var firstTimestamp: Int64?
        @Nullable package var lastTimestamp: Int64?
        enum CodingKeys: String, CodingKey {
            case badIPChecksums = "bad_ip_checksums"
            case badUDPChecksums = "bad_udp_checksums"
            case offloadedUDPChecksums = "offloaded_udp_checksums"
            case superPackets = "super_packets"
            case splitDatagrams = "split_datagrams"
            case duplicateSightings = "duplicate_sightings"
            case unprovenDuplicates = "unproven_duplicates"
            case keptDuplicates = "kept_duplicates"
            case offloadedIPChecksums = "offloaded_ip_checksums"
            case wrongDatagrams = "wrong_checksums"
            case wronglyJoined = "wrongly_joined"
            case wrongSources = "wrong_checksum_sources"
            case fragmentsJoined = "fragments_joined"
            case repeatedFragments = "repeated_fragments"
            case clockStepsBack = "clock_steps_back"
            case largestStepBackNanoseconds = "largest_step_back_ns"
            case hasTime = "has_time"
            case packetsWithoutTime = "packets_without_time"
            case largestStepForwardNanoseconds = "largest_step_forward_ns"
            case largestStepForwardPacket = "largest_step_forward_packet"
            case largestStepBackPacket = "largest_step_back_packet"
            case tunnels
            case unreadTunnels = "unread_tunnels"
            case otherPorts = "other_ports"
            case tcpPackets = "tcp_packets"
            case kernelDrops = "kernel_drops"
            case interfaceDrops = "interface_drops"
            case firstTimestamp = "first_timestamp"
            case lastTimestamp = "last_timestamp"
        }
    }

    /// The name of the row of sources beyond ``CaptureInspection/sourceLimit``.
    package static let otherSources = "other sources"

    package var file: String
    package var format: String
    /// The link types' names, joined by `+` where a file has several.
    package var linkType: String
    package var packets: UInt64
    package var datagrams: UInt64
    package var skipped: Skipped
    package var protocols: Protocols
    /// Sequenced packets that can be read, by kind: every kind is there.
    package var packetKinds: [String: UInt64]
    /// What parity packets cover, the first ``CaptureInspection/shapeLimit`` shapes in the order of first sight.
    package var parityShapes: [ParityShape]
    /// Parity packets whose own words make no sense, or of further shapes.
    package var otherParity: UInt64
    package var events: [String: UInt64]
    package var eventsTotal: UInt64
    package var distinctMetrics: UInt64
    /// Whether there are more metrics than could be kept: ``distinctMetrics`` is then "at least".
    package var metricsTruncated: Bool
    /// By name, over all sets of tags: the sum of value/rate.
    package var counters: [String: Double]
    package var undeliverable: Undeliverable
    package var malformedLines: MalformedLines
    package var checksumFailures: UInt64
    /// Numbers of the first packets whose checksum or header does not hold.
    package var checksumFailurePackets: [UInt64]
    package var sessions: [Session]
    /// Sessions too many to be listed.
    package var olderSessions: UInt64
    package var sources: [Source]
    package var busiest: [BusyMetric]
    package var timeline: Plot
    package var remarks: Remarks
    package var dialect: Dialect
    /// No problem was found: see ``problems``.
    package var fit: Bool
    /// Why the capture makes no fixture: what, how often, and what to do.
    package var problems: [String]
    /// Where the reading ended early.
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
