import StatsModel
import StatsPipeline
import SystemIO

/// Requests of callers to the worker.
struct LiveControl {
    enum Phase {
        case running
        /// Everything must be sent by this time. Events that are not sent by then count as `send_failed`.
        case closing(deadline: Instant)
        case finished
    }

    var phase = Phase.running
    var flushes: [LiveWaiter] = []
    var closes: [LiveWaiter] = []
}

/// A thread or task that waits for the worker.
enum LiveWaiter: Sendable {
    case thread(ParkingSpot)
    case task(CheckedContinuation<Void, Never>)

    func resume() {
        switch self {
        case .thread(let spot): spot.wake()
        case .task(let continuation): continuation.resume()
        }
    }
}

/// The worker's published counts, updated after each round.
struct LiveProgress {
    /// The pipeline's own losses, and the events that the system did not take.
    var dropped = Ledger()
    /// Events in packets handed to the system, without those that it did not take or that came back.
    var delivered = TypeCounts()
    /// Data packets, packets of any kind, and bytes that the system took.
    var batches: UInt64 = 0
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    /// Packets that were not taken and packets that came back, by ``SendFailure``.
    var failures = SIMD8<UInt64>.zero
    /// The packets among them that came back, which ``packets`` counts too.
    var returned: UInt64 = 0
    var connects: UInt64 = 0
    /// The largest number of events in one ring at any of the worker's looks.
    var peak = 0
    /// Events in the pipeline's buffer and open packet, and in packets that wait for a socket.
    var held: UInt64 = 0
    var copies = CopyCounts()
    var large = LargePacketCounts()
    /// Retransmissions and their reasons, and received datagrams that were no acknowledgement for this client.
    var repair = RepairCounts()
    var invalidAnswers: UInt64 = 0
    var breaker: CircuitBreaker.State?
    /// How often the circuit breaker opened.
    var breakerOpenings: UInt64 = 0
    /// The share of events that sampling keeps at the present fill level.
    var sampleRate = 1.0
    /// Rounds in which packets had to wait for a socket.
    var stalls: UInt64 = 0
}
