import StatsModel
import Synchronization
import SystemIO

/// Takes profiles on a thread of its own and hands them to tasks: one at a time.
final class ProfileDesk: Sendable {
    private let current = Mutex<ProfileRun?>(nil)

    /// - Parameters:
    ///   - time: how long samples are taken; ends early where the task is cancelled or ``cancel()`` is called
    ///   - frequency: samples for each second of processor time
    func take(for time: Nanoseconds, frequency: Int) async throws(ProfileError) -> CPUProfile {
        let run = try ProfileRun(time: time, frequency: frequency)
        try current.withLock { current throws(ProfileError) in
            guard current == nil else { throw .busy }
            current = run
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<CPUProfile, ProfileError>, Never>) in
                do {
                    try WorkerThread.start(name: "profiler") { continuation.resume(returning: run.perform()) }
                } catch {
                    continuation.resume(returning: .failure(.unavailable("\(error)")))
                }
            }
        } onCancel: {
            run.cancel()
        }
        current.withLock { $0 = nil }
        return try result.get()
    }

    func cancel() { current.withLock { $0 }?.cancel() }
}
