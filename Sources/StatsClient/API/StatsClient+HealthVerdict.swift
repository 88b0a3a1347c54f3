import StatsModel
import Synchronization

extension StatsClient {
    /// A verdict on the client's health, with advice.
    public struct Health: Codable, Sendable, Equatable {
        /// How well the client is. The raw value is the name in JSON.
        public enum Status: String, Codable, Sendable {
            /// No threshold is exceeded.
            case healthy
            /// Something is lost or late.
            case degraded
            /// Nothing gets through as it should: send errors over their threshold, or an open circuit.
            case unhealthy
        }

        /// Whether no threshold is exceeded. A client without traffic is healthy.
        public let isHealthy: Bool
        /// The verdict.
        public let status: Status
        /// The share of recent events that were dropped, from 0 to 1. 0 if there was no traffic.
        ///
        /// Only recent events count (``HealthWindow``). An old incident does not mark the client for hours, and days of good
        /// service do not hide a new one. The share is of the events recorded recently, or of those sent or dropped recently if
        /// these are more. Events that waited long behind an open circuit may be dropped when few new ones are recorded.
        public let dropRate: Double
        /// The highest fill level of one thread's buffer in the last ten to twenty seconds, from 0 to 1.
        public let bufferUtilization: Double
        /// The share of recent packets that the system did not take or that came back, from 0 to 1.
        public let sendErrorRate: Double
        /// The 99th percentile of the time from recording to the system in the last ten to twenty seconds.
        public let endToEndP99: Duration
        /// The share of the memory limit that is in use. 0 if there is no limit.
        public let memoryUsage: Double
        /// Advice as sentences, such as "drop rate 2.1 % by buffer_full: increase the buffer or sample".
        public let advice: [String]
    }

    /// Compares the counters with the guide's thresholds: buffer over 80 % full, drops over 1 %, the 99th percentile of latency
    /// over 1 s, send errors over 5 %. It also reports an open circuit, memory at 90 % of its limit, and more requested
    /// retransmissions than are allowed (``ReliabilityConfiguration/retransmissionLimit``).
    public func health() -> Health {
        let metrics = exportMetrics()
        let baseline = core.healthWindow.withLock { $0.baseline(of: HealthTotals(metrics), at: core.clock.now) }
        return Health(metrics, since: baseline)
    }
}

extension StatsClient.Health {
    /// The verdict over the client's whole life.
    public init(_ metrics: StatsClient.Metrics) { self.init(metrics, since: HealthTotals()) }

    init(_ metrics: StatsClient.Metrics, since baseline: HealthTotals) {
        let lately = HealthTotals(metrics) - baseline
        let whole = max(lately.received, lately.dropped &+ lately.sent)
        dropRate = Self.share(lately.dropped, of: whole)
        bufferUtilization = Self.share(UInt64(max(0, metrics.recentBufferPeak)), of: UInt64(max(0, metrics.bufferCapacity)))
        sendErrorRate = lately.sendErrorRate
        endToEndP99 = metrics.recentEndToEndP99
        memoryUsage = metrics.memoryLimit.map {
            Self.share(UInt64(max(0, metrics.memoryInUse)), of: UInt64(max(0, $0)))
        } ?? 0
        let isCut = metrics.circuitBreaker == .open || metrics.circuitBreaker == .halfOpen
        var advice: [String] = []
        if bufferUtilization > 0.8 {
            advice.append("buffer utilization \(Self.percent(bufferUtilization)): increase the batch size or send more often")
        }
        let causes = lately.causes
        if dropRate > 0.01 {
            advice += causes.map { cause, events in
                "drop rate \(Self.percent(Self.share(events, of: whole))) by \(cause.name): \(Self.help(against: cause))"
            }
            if causes.isEmpty { advice.append("drop rate \(Self.percent(dropRate))") }
        }
        if metrics.droppedByCause[.clientForked] != nil {
            advice.append("forked: \(Self.help(against: .clientForked))")
        }
        if endToEndP99 > .seconds(1) {
            advice.append("p99 latency \(Self.seconds(endToEndP99.wholeNanoseconds)): look for a backlog, or reduce the batch age")
        }
        if sendErrorRate > 0.05 {
            advice.append("send errors \(Self.percent(sendErrorRate)): check the network and the destination")
        }
        if lately.bounded > 0 {
            advice.append(
                "\(lately.bounded) requests for packets exceed the limits of retransmission: raise the limits, unless somebody"
                    + " other than the receiver sends the requests")
        }
        if isCut {
            advice.append("circuit \(metrics.circuitBreaker == .open ? "open" : "half-open"): the destination fails; events wait or give way")
        }
        if memoryUsage > 0.9 {
            advice.append("memory \(Self.percent(memoryUsage)) of its limit: use fewer metrics or tags, or raise the limit")
        }
        self.advice = advice
        isHealthy = advice.isEmpty
        status = advice.isEmpty ? .healthy : sendErrorRate > 0.05 || isCut ? .unhealthy : .degraded
    }

    /// Advice against losses for this cause.
    private static func help(against cause: LossCause) -> String {
        switch cause {
        case .bufferFull, .evictedOldest: "increase the buffer or sample"
        case .evictedForPriority, .lowPriority: "increase the buffer or sample, or raise the priority of what must not give way"
        case .sampledOut: "increase the buffer, or record less often"
        case .oversize: "shorten names, tags and texts, or raise largeEventLimit"
        case .textPoolFull: "raise textCapacity, or send fewer and shorter texts"
        case .metricLimit: "raise metricLimit, or use fewer different tag values"
        case .memoryLimit: "raise memoryLimit, or use fewer metrics or tags"
        case .sendFailed: "see the send errors by name, and whether the receiver is there"
        case .circuitOpen: "the circuit was open; see whether the receiver is there"
        case .clientClosed: "record before the client is shut down"
        case .clientForked: "this process is a child of the one that made the client; make one after fork()"
        case .notInFormat: "choose a format that has such events"
        case .reservedByte: "leave the format's own signs out of names and tags"
        case .networkLoss, .chosenLoss, .corruption, .outOfRange, .undecodable, .networkQueueFull, .clientRestart:
            "see the network"
        }
    }

    /// A share. 0 of 0 is 0.
    private static func share(_ part: UInt64, of whole: UInt64) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    private static func seconds(_ nanoseconds: UInt64) -> String {
        let tenths = nanoseconds / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
