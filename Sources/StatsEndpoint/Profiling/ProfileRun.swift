import CStackSampler
import StatsModel
import Synchronization
import SystemIO

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One profile from start to end, on the thread that calls ``perform()``.
final class ProfileRun: Sendable {
    /// How often the sampler looks for new threads.
    static let scanInterval = Nanoseconds.milliseconds(100)
    /// The most memory for samples, in bytes. The system backs only the pages that are written.
    static let byteLimit = 64 << 20

    private let time: Nanoseconds
    private let frequency: Int
    private let spot: ParkingSpot
    private let isCancelled = Atomic(false)

    init(time: Nanoseconds, frequency: Int) throws(ProfileError) {
        self.time = time
        self.frequency = frequency
        do { spot = try ParkingSpot() } catch { throw .unavailable(error.description) }
    }

    func cancel() {
        isCancelled.store(true, ordering: .releasing)
        spot.wake()
    }

    func perform() -> Result<CPUProfile, ProfileError> {
        // A sample takes 60 words at the stack depth of usual servers. Each processor can fill its share.
        let processors = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let samples = Double(frequency) * (time.seconds + 1) * Double(processors)
        let count = min(Int(samples) * 60 + 4096, Self.byteLimit / MemoryLayout<UInt>.stride)
        // The memory is zeroed, and freed below after the last handler ended. With calloc, untouched pages cost nothing.
        guard let raw = unsafe calloc(count, MemoryLayout<UInt>.stride) else {
            return .failure(.unavailable("no memory for samples"))
        }
        defer { unsafe free(raw) }
        let words = unsafe raw.bindMemory(to: UInt.self, capacity: count)
        // The memory outlives the sampler's use of it: `cstacksampler_end` is called before it is freed.
        let error = unsafe cstacksampler_begin(words, count, Int32(frequency))
        guard error == 0 else { return .failure(Self.reason(error)) }
        let threads = watch()
        let dropped = cstacksampler_end()
        if isCancelled.load(ordering: .acquiring) { return .failure(.cancelled) }
        // No handler writes any more.
        let stacks = unsafe StackSamples(reading: UnsafeBufferPointer(start: words, count: count).span)
        let (text, sampleCount) = stacks.collapsed(threadNames: threads)
        return .success(
            CPUProfile(
                collapsed: text, sampleCount: sampleCount, droppedCount: dropped, threadCount: max(1, threads.count)))
    }

    private static func reason(_ error: Int32) -> ProfileError {
        switch error {
        case EBUSY: .busy
        case EEXIST: .unavailable("something else in this process handles SIGPROF")
        default: .unavailable("the profiler cannot begin: error \(error)")
        }
    }

    /// Sleeps until the time is up, and starts sampling of each new thread. Returns the threads' names by number.
    private func watch() -> [Int: String] {
        let clock = SystemClock()
        let end = clock.now + time
        let own = Int(cstacksampler_thread())
        var names: [Int: String] = [:]
        while !isCancelled.load(ordering: .acquiring) {
            for thread in ThreadList.numbers where thread != own && names[thread] == nil {
                // A thread that has ended in the meantime is refused.
                if cstacksampler_add_thread(Int32(thread)) == 0 { names[thread] = ThreadList.name(of: thread) }
            }
            let left = end - clock.now
            if left <= .zero { break }
            spot.park(timeout: min(left, Self.scanInterval))
        }
        return names
    }
}
