import StatsModel
import Synchronization
import SystemIO

/// Takes profiles on a separate thread, one at a time.
final class ProfileRunner: Sendable {
    private let current = Mutex<ProfileRun?>(nil)

    /// Begins a profile. The profile's own `cancel()` or ``cancel()`` ends it early.
    ///
    /// - Parameters:
    ///   - time: the time during which samples are taken
    ///   - frequency: samples for each second of processor time
    ///   - completion: called once on the profile's thread, unless this function throws; the next profile may begin after it
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
