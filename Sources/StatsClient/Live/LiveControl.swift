import StatsModel
import StatsPipeline
import SystemIO

/// What callers want of the worker.
struct LiveControl {
    enum Phase {
        case running
        /// Everything is to go out by then; what has not is counted as `send_failed`.
        case closing(deadline: Instant)
        case finished
    }

    var phase = Phase.running
    var flushes: [LiveWaiter] = []
    var closes: [LiveWaiter] = []
}

/// Who waits for the worker: a thread, or a task.
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

/// What the worker tells of itself, renewed after each round.
struct LiveProgress {
    /// The pipeline's own losses, and what the system did not take.
    var dropped = Ledger()
    /// Events in packets handed to the system, those it did not take or that came back left out.
    var delivered = TypeCounts()
    /// Data packets, packets of any kind, and bytes that the system took.
    var batches: UInt64 = 0
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    /// Packets not taken, and packets that came back, by ``SendFailure``.
    var failures = SIMD8<UInt64>.zero
    /// Of those, the ones that came back, which ``packets`` counts too.
    var returned: UInt64 = 0
    var connects: UInt64 = 0
    /// The most events that ever waited in one ring when the worker looked.
    var peak = 0
    /// Events in the pipeline's buffer and open packet, and in packets that wait for a socket.
    var held: UInt64 = 0
    var copies = CopyCounts()
    var large = LargePacketCounts()
    /// What was sent again, and why; and datagrams that came back and were no answer to this client.
    var repair = RepairCounts()
    var foreignAnswers: UInt64 = 0
    var breaker: CircuitBreaker.State?
    /// How often the breaker opened.
    var breakerOpenings: UInt64 = 0
    /// The share of events that sampling keeps at this fill.
    var sampleRate = 1.0
    /// Rounds in which packets had to wait for a socket.
    var stalls: UInt64 = 0
}
