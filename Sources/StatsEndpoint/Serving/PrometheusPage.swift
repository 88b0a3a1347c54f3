import StatsClient
import StatsModel

/// A client's own counters in the form of Prometheus. Every series exists from the start with the value 0, so that rates
/// include the first loss.
struct PrometheusPage {
    let metrics: StatsClient.Metrics
    let health: StatsClient.Health
    let sent: TypeCounts
    let ledger: Ledger

    init(_ client: StatsClient) {
        metrics = client.exportMetrics()
        health = StatsClient.Health(metrics)
        sent = client.sent
        ledger = client.ledger
    }

    /// Causes of losses outside the client, which it never counts.
    private static let beyondClient: [LossCause] = [
        .networkLoss, .chosenLoss, .corruption, .outOfRange, .undecodable, .networkQueueFull,
    ]

    var text: String {
        var page = PrometheusText()
        appendEvents(to: &page)
        appendPackets(to: &page)
        appendTimes(to: &page)
        appendPressure(to: &page)
        appendState(to: &page)
        return page.text
    }

    private func appendEvents(to page: inout PrometheusText) {
        page.family(
            "statsclient_events_recorded_total", .counter,
            help: "Events offered to the client, without those that sampling left out.",
            value: Double(metrics.eventsReceived))
        page.family(
            "statsclient_events_sampled_out_total", .counter, help: "Events that sampling left out.",
            value: Double(metrics.eventsSampledOut))
        page.family(
            "statsclient_events_sent_total", .counter, help: "Events in packets that the system took, by type.",
            MetricType.allCases.map { type in
                .init(labels: [("type", type.name)], value: Double(sent[type]))
            })
        let causes = LossCause.allCases.filter { !Self.beyondClient.contains($0) }
        page.family(
            "statsclient_events_dropped_total", .counter, help: "Events not sent, by cause and type.",
            causes.flatMap { cause in
                MetricType.allCases.map { type in
                    .init(
                        labels: [("cause", cause.name), ("type", type.name)],
                        value: Double(ledger[cause].counts[type]))
                }
            })
    }

    private func appendPackets(to page: inout PrometheusText) {
        let counters: [(name: String, count: UInt64, help: String)] = [
            ("batches_sent", metrics.batchesSent, "Data packets that the system took."),
            ("packets_sent", metrics.packetsSent, "Packets of every kind that the system took."),
            ("sent_bytes", metrics.bytesSent, "Bytes in packets that the system took."),
            ("send_errors", metrics.sendErrors, "Packets that the system did not take, and packets that came back."),
            ("large_packets_sent", metrics.largePacketsSent, "Data packets of one event that is longer than a packet."),
            ("large_packet_bytes", metrics.largePacketBytes, "Bytes in those."),
            ("copies_sent", metrics.copiesSent, "Second copies among the packets."),
            ("copies_skipped", metrics.copiesSkipped, "Second copies not made because too many waited."),
            (
                "packets_retransmitted", metrics.packetsRetransmitted,
                "Packets retransmitted because the receiver lacked or did not acknowledge them."
            ),
            ("retransmitted_bytes", metrics.bytesRetransmitted, "Bytes in packets retransmitted."),
            ("acknowledgements", metrics.acknowledgements, "Answers of the receiver."),
            ("acknowledgement_timeouts", metrics.acknowledgementTimeouts, "Times that no answer came in time."),
            (
                "packets_unanswerable", metrics.packetsUnanswerable,
                "Packets that the receiver asked for and that were no longer kept."
            ),
            (
                "packets_unconfirmed", metrics.packetsUnconfirmed,
                "Packets with critical events that left memory without having been acknowledged."
            ),
            (
                "packets_exhausted", metrics.packetsExhausted,
                "Packets that the receiver asked for more often than one is retransmitted."
            ),
            (
                "packets_delayed", metrics.packetsDelayed,
                "Packets asked for that waited, since only so many bytes a second are retransmitted."
            ),
            ("connects", metrics.connects, "Sockets that were connected."),
        ]
        for counter in counters {
            page.family("statsclient_\(counter.name)_total", .counter, help: counter.help, value: Double(counter.count))
        }
        page.family(
            "statsclient_send_errors_by_error_total", .counter,
            help: "Packets that the system did not take, by error, where there were any.",
            metrics.sendErrorsByName.sorted { $0.key.rawValue < $1.key.rawValue }.map { error, count in
                .init(labels: [("error", error.rawValue)], value: Double(count))
            })
    }

    private func appendState(to page: inout PrometheusText) {
        page.family(
            "statsclient_buffered_events", .gauge, help: "Events that wait: in buffers, and in packets not yet taken.",
            value: Double(metrics.eventsBuffered))
        page.family(
            "statsclient_buffer_peak_events", .gauge,
            help: "The most events that waited in one thread's buffer, ever and in the last ten to twenty seconds.",
            [
                .init(labels: [("window", "ever")], value: Double(metrics.bufferPeak)),
                .init(labels: [("window", "recent")], value: Double(metrics.recentBufferPeak)),
            ])
        page.family(
            "statsclient_buffer_capacity_events", .gauge, help: "Events that one thread's buffer holds.",
            value: Double(metrics.bufferCapacity))
        page.family(
            "statsclient_recording_threads", .gauge, help: "Threads that have a buffer.",
            value: Double(metrics.recordingThreads))
        page.family(
            "statsclient_known_metrics", .gauge, help: "Distinct metrics that the client has a place for.",
            value: Double(metrics.metricsKnown))
        page.family(
            "statsclient_memory_bytes", .gauge, help: "Bytes that the client takes by now.",
            value: Double(metrics.memoryInUse))
        page.family(
            "statsclient_memory_budget_bytes", .gauge, help: "Bytes that so many threads and metrics take at most.",
            value: Double(metrics.memoryBudget))
        page.family(
            "statsclient_memory_limit_bytes", .gauge, help: "The configured limit, where there is one.",
            metrics.memoryLimit.map { [.init(value: Double($0))] } ?? [])
        page.family(
            "statsclient_healthy", .gauge, help: "1 where the client's health is good, else 0; see /health for why.",
            value: health.isHealthy ? 1 : 0)
    }
}
