import StatsModel
import Synchronization
import SystemIO

/// Takes profiles on a thread of their own: one at a time.
final class ProfileDesk: Sendable {
    private let current = Mutex<ProfileRun?>(nil)

    /// Begins a profile; it is ended early by its own `cancel()` or by ``cancel()``.
    ///
    /// - Parameters:
    ///   - time: how long samples are taken
    ///   - frequency: samples for each second of processor time
    ///   - completion: called once, on the profile's own thread, where nothing was thrown; then the next may begin
    func begin(
        for time: Nanoseconds, frequency: Int,
        completion: @escaping @Sendable (Result<CPUProfile, ProfileError>) -> Void
    ) throws(ProfileError) -> ProfileRun {
        let run = try ProfileRun(time: time, frequency: frequency)
        try current.withLock { current throws(ProfileError) in
            guard current == nil else { throw .busy }
            current = run
        }
        do throws(SystemError) {
            try WorkerThread.start(name: "profiler") {
                let result = run.perform()
                self.current.withLock { $0 = nil }
                completion(result)
            }
        } catch {
            current.withLock { $0 = nil }
            throw .unavailable(error.description)
        }
        return run
    }

    var isTaking: Bool { current.withLock { $0 != nil } }

    func cancel() { current.withLock { $0 }?.cancel() }
}
