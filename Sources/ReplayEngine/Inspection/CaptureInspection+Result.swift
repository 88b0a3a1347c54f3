package import PacketCapture
import StatsModel
import StatsReceiver
import StatsWire

extension CaptureInspection {
    /// The number of metrics with the most events that a report names.
    static let busiestLimit = 10

    /// The state of the inspection so far.
    ///
    /// - Parameters:
    ///   - file: the file's name, as the user gave it
    ///   - notes: the reader's notes about packets that gave no datagram
    ///   - failure: why the reading ended early, if it did
    ///
    /// O(metrics + sources + gaps). It allocates, so call it once at the end.
    package borrowing func result(file: String, notes: CaptureNotes, failure: CaptureError? = nil) -> InspectionResult {
        let sessions = receiver.sessions.map { session($0) }
        let (counters, busiest) = metrics()
        let skipped = notes.skipped
        var reasons: [String: UInt64] = [:]
        for reason in MalformedReason.allCases where totals.malformed(reason) > 0 {
            reasons[reason.name] = totals.malformed(reason)
        }
        var result = InspectionResult(
            file: file, format: notes.format, linkType: notes.linkTypes.joined(separator: "+"), packets: notes.packets,
            datagrams: notes.datagrams,
            skipped: .init(
                truncated: skipped.truncated, notUDP: skipped.notUDP, otherPort: skipped.otherPort,
                fragment: skipped.fragment, malformed: skipped.malformed, tunnel: skipped.tunnel, checksum: skipped.checksum),
            protocols: .init(sequenced: sequencedPackets, text: textDatagrams),
            packetKinds: Dictionary(uniqueKeysWithValues: PacketKind.allCases.map { ($0.name, kinds[Int($0.rawValue)]) }),
            parityShapes: parityShapes, otherParity: otherParity,
            events: Self.named(totals.tally.counts), eventsTotal: totals.tally.counts.total,
            distinctMetrics: UInt64(totals.catalog.metricCount), metricsTruncated: totals.uncatalogued.total > 0,
            counters: counters,
            undeliverable: .init(events: delivery.events, longestBytes: UInt64(delivery.longest), limitBytes: UInt64(DeliveryCheck.limit)),
            malformedLines: .init(total: malformed.total, reasons: reasons, examples: malformed.examples),
            checksumFailures: checksumFailures, checksumFailurePackets: failedPackets, sessions: sessions,
            olderSessions: receiver.olderSessions.sessions, sources: sources.rows.map(Self.source), busiest: busiest,
            timeline: .init(start: timeline.start, binNanoseconds: timeline.binWidth, events: timeline.bins),
            remarks: remarks(notes), dialect: Self.dialect(dialect), fit: false, error: failure?.description)
        result.problemFacts = problems(notes, result, failure)
        result.fit = result.problemFacts.isEmpty
        return result
    }

    private borrowing func remarks(_ notes: CaptureNotes) -> InspectionResult.Remarks {
        InspectionResult.Remarks(
            badIPChecksums: notes.badIPChecksums, badUDPChecksums: notes.badUDPChecksums,
            offloadedUDPChecksums: notes.offloadedUDPChecksums, superPackets: notes.segmentedSuperPackets,
            splitDatagrams: splitDatagrams, duplicateCaptures: notes.duplicateCaptures,
            fragmentsJoined: notes.fragmentsJoined, repeatedFragments: notes.repeatedFragments,
            unprovenDuplicates: notes.unprovenDuplicates, keptDuplicates: notes.keptDuplicates,
            offloadedIPChecksums: notes.offloadedIPChecksums, wrongDatagrams: notes.wrongDatagrams,
            wronglyJoined: notes.wronglyJoined, wrongSources: wrongSources(notes),
            clockStepsBack: notes.clockStepsBack,
            largestStepBackNanoseconds: notes.largestStepBack, hasTime: timedDatagrams > 0 || untimedDatagrams == 0,
            packetsWithoutTime: notes.packetsWithoutTime, largestStepForwardNanoseconds: notes.largestStepForward,
            largestStepForwardPacket: notes.largestStepForwardPacket, largestStepBackPacket: notes.largestStepBackPacket,
            tunnels: Self.table(notes.tunnels), unreadTunnels: Self.table(notes.unreadTunnels),
            otherPorts: notes.other.ports(limit: Self.otherPortLimit).map {
                .init(port: $0.port, datagrams: $0.datagrams, looksLikeStats: $0.looksLikeStats)
            }, tcpPackets: notes.other.tcpPackets, kernelDrops: notes.kernelDrops,
            interfaceDrops: notes.interfaceDrops, firstTimestamp: notes.firstTimestamp,
            lastTimestamp: notes.lastTimestamp)
    }

    private static func table(_ names: [CaptureNotes.Named]) -> [String: UInt64] {
        Dictionary(names.map { ($0.name, $0.packets) }, uniquingKeysWith: &+)
    }

    private borrowing func wrongSources(_ notes: CaptureNotes) -> [InspectionResult.WrongSource] {
        notes.wrongSources.map { source in
            let read = sources.rows.reduce(0 as UInt64) { sum, row in
                guard var endpoint = row.endpoint else { return sum }
                endpoint.port = 0
                return endpoint == source.address ? sum &+ row.datagrams : sum
            }
            let right = notes.rules.checksums == .verify ? read : read > source.datagrams ? read - source.datagrams : 0
            return .init(source: source.address.address, wrong: source.datagrams, right: right)
        }
    }

    static func named(_ counts: TypeCounts) -> [String: UInt64] {
        Dictionary(uniqueKeysWithValues: MetricType.allCases.map { ($0.name, counts[$0]) })
    }

    private static func source(_ row: SourceTable.Row) -> InspectionResult.Source {
        let span = row.last > row.first ? Double(row.last) - Double(row.first) : 0
        return InspectionResult.Source(
            source: row.endpoint?.description ?? InspectionResult.otherSources, datagrams: row.datagrams,
            bytes: row.byteCount, malformed: row.malformed, checksumFailures: row.checksumFailures,
            eventsTotal: row.events.total, events: named(row.events), first: row.first, last: row.last,
            eventsPerSecond: span > 0 ? Double(row.events.total) * 1e9 / span : 0,
            dialect: row.dialect.map { DialectChoice($0).rawValue })
    }

    private static func dialect(_ facts: DialectFacts) -> InspectionResult.Dialect {
        InspectionResult.Dialect(
            choice: facts.choice.rawValue, signedLevels: facts.counts.signedLevels, signedChanges: facts.counts.signedChanges,
            metersCounted: facts.counts.metersCounted, metersRefused: facts.counts.metersRefused,
            clippedEvents: facts.counts.clippedEvents, fieldsBehindMessages: facts.counts.fieldsBehindMessages,
            facts: facts)
    }

    private borrowing func session(_ summary: SessionSummary) -> InspectionResult.Session {
        let digits = String(summary.session, radix: 16)
        let row = summary.source.rawValue < UInt64(sources.rows.count) ? sources.rows[Int(summary.source.rawValue)] : nil
        return InspectionResult.Session(
            source: row?.endpoint?.description ?? InspectionResult.otherSources,
            session: String(repeating: "0", count: 16 - digits.count) + digits, first: summary.first,
            last: summary.last, received: summary.received, unique: summary.unique, lost: summary.lost,
            duplicate: summary.duplicate, late: summary.late, outOfRange: summary.outOfRange,
            restarts: summary.restarts, gaps: summary.gaps.map { [$0.lowerBound, $0.upperBound] },
            gapsTruncated: summary.gapsTruncated)
    }

    /// Sums of counters by name, and the metrics with the most events, over all tag sets of a name. Values are added in the order
    /// of first appearance, so that the same capture gives the same bits. Two names are equal if their bytes are equal.
    private borrowing func metrics() -> ([String: Double], [InspectionResult.BusyMetric]) {
        let catalog = totals.catalog
        // All tag sets of a name side by side, in the order of first appearance.
        let order = (0..<UInt32(catalog.count)).sorted { a, b in
            let (x, y) = (MetricID(a), MetricID(b))
            let (typeX, typeY) = (catalog.type(of: x), catalog.type(of: y))
            if typeX != typeY { return typeX < typeY }
            if catalog.namePrecedes(x, y) { return true }
            return a < b && catalog.hasSameName(x, y)
        }
        var counters: [String: Double] = [:]
        var busiest: [(first: UInt32, events: UInt64, tagSets: UInt64)] = []
        var start = 0
        while start < order.count {
            let first = MetricID(order[start])
            let type = catalog.type(of: first)
            var (end, sum, events) = (start, 0.0, 0 as UInt64)
            while end < order.count, catalog.type(of: MetricID(order[end])) == type,
                catalog.hasSameName(first, MetricID(order[end]))
            {
                let numbers = totals.numbers(of: MetricID(order[end]))
                sum += numbers.sum
                events += numbers.events
                end += 1
            }
            if type == .counter { counters[catalog.name(of: first)] = sum }
            busiest.append((order[start], events, UInt64(end - start)))
            // Ties keep the order of first appearance.
            if busiest.count >= 64 * Self.busiestLimit || end == order.count {
                busiest.sort { ($1.events, $0.first) < ($0.events, $1.first) }
                busiest.removeLast(max(0, busiest.count - Self.busiestLimit))
            }
            start = end
        }
        return (
            counters,
            busiest.map {
                .init(
                    type: catalog.type(of: MetricID($0.first)).name, name: catalog.name(of: MetricID($0.first)), events: $0.events,
                    tagSets: $0.tagSets)
            }
        )
    }
}
