import StatsClient
import StatsModel

/// The result of a load: the events recorded, and their outcomes.
struct LoadReport: Encodable, Equatable {
    var planned: UInt64
    /// Recorded events: all planned ones, unless a signal came or the time was up.
    var events: UInt64
    var sent: UInt64
    var lost: [String: UInt64]
    /// Packets that the system refused, and packets that came back, by reason.
    var failedPackets: [String: UInt64]
    /// Packets with critical events without an acknowledgement of the receiver.
    var unconfirmedPackets: UInt64
    /// Answers of the receiver; nil if the format or the client has none.
    var answers: UInt64?
    /// The signal that ended the load; nil if none did.
    var signal: Int32?
    var worstLatenessMilliseconds: Double

    enum CodingKeys: String, CodingKey {
        case planned, events, sent, lost, answers, signal
        case failedPackets = "failed_packets"
        case unconfirmedPackets = "unconfirmed_packets"
        case worstLatenessMilliseconds = "worst_lateness_ms"
    }

    var status: ExitStatus {
        if events == 0 { return .nothingVerified }
        let isComplete = signal != nil || events == planned
        return sent >= events && isComplete ? .verified : .verificationFailed
    }

    /// As text: the number of events sent, then a line for each problem.
    var lines: [String] {
        var first = "sent \(sent) of \(events) events"
        for cause in lost.keys.sorted() { first += ", \(lost[cause] ?? 0) lost to \(cause)" }
        if events > 0 { first += "; recorded at most \(worstLatenessMilliseconds) ms late" }
        var lines = [first]
        if events == 0, signal == nil { lines.append("nothing was sent: a longer --duration or a higher --rate is needed") }
        if let signal {
            lines.append("ended by \(Self.name(signal)) after \(events) of \(planned) planned events")
        } else if events < planned {
            lines.append(
                "the time was up after \(events) of \(planned) planned events: the rate is more than this machine records")
        }
        if !failedPackets.isEmpty {
            let reasons = failedPackets.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            lines.append("packets that the system did not take or that came back: \(reasons.joined(separator: ", "))")
        }
        if unconfirmedPackets > 0 {
            lines.append("packets with critical events that the receiver did not acknowledge: \(unconfirmedPackets)")
        }
        if answers == 0, sent > 0 {
            lines.append("the receiver never answered: whether anything arrived is unknown (a StatsD server never answers)")
        }
        return lines
    }

    private static func name(_ signal: Int32) -> String {
        switch signal {
        case 1: "SIGHUP"
        case 2: "SIGINT"
        case 15: "SIGTERM"
        default: "signal \(signal)"
        }
    }
}

extension LoadReport {
    /// - Parameter expectsAnswers: whether the format and the client support answers
    init(
        _ plan: LoadPlan, signal: Int32?, _ delivery: StatsClient.DeliveryReport, _ metrics: StatsClient.Metrics,
        expectsAnswers: Bool, worstLateness: Nanoseconds
    ) {
        planned = plan.count
        events = plan.position
        sent = delivery.sent
        lost = [:]
        for loss in delivery.losses { lost[loss.cause.name, default: 0] += loss.count }
        failedPackets = Dictionary(
            uniqueKeysWithValues: metrics.sendErrorsByName.map { ($0.key.rawValue, $0.value) })
        unconfirmedPackets = delivery.packetsUnconfirmed
        answers = expectsAnswers ? metrics.acknowledgements : nil
        self.signal = signal
        worstLatenessMilliseconds = Double(worstLateness.rawValue / 1000) / 1000
    }
}
