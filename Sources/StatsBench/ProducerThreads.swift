import StatsModel
import Synchronization
import SystemIO

/// Threads that do the same work in parallel, and their joint end.
enum ProducerThreads {
    private final class Board<Result: Sendable>: Sendable {
        let results: Mutex<[Result]>
        let ended: ParkingSpot
        init() throws(SystemError) {
            results = Mutex([])
            ended = try ParkingSpot()
        }
    }

    /// Runs `body` on `count` threads with the numbers 0..<count. Returns their results in the order in which they ended.
    static func run<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) -> Result
    ) throws(SystemError) -> [Result] {
        let board = try Board<Result>()
        for number in 0..<count {
            try WorkerThread.start(name: "producer-\(number)") {
                let result = body(number)
                board.results.withLock { $0.append(result) }
                board.ended.wake()
            }
        }
        while true {
            let results = board.results.withLock { $0 }
            if results.count == count { return results }
            _ = board.ended.park(timeout: .milliseconds(100))
        }
    }
}
