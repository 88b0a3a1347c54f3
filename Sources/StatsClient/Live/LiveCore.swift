import CLinuxNet
import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Synchronization
import SystemIO

/// The shared state of a live client's recording threads and its worker.
///
/// **Recording.** Each thread has a small number while it lives (``clinuxnet_thread_number``), and a ring of its own under this
/// number. Recording therefore takes no lock and no read-modify-write instruction, and four threads do not slow each other down.
/// Each thread's events keep their order. An async task that moves between threads keeps its order only by its timestamps.
/// Threads beyond the limit share one more ring with a lock.
///
/// **Time.** Events get their timestamps from one shared word. The worker updates it every millisecond while there is traffic,
/// and each thread updates it with every 128th event. Reading the clock for each event would cost more than everything else. A
/// timestamp is at most 1 ms old. On a thread that records rarely it may be older, for as long as the system kept the worker from
/// running.
///
/// **Waking.** The same word is ``asleep`` while the worker sleeps without a timeout. A recorder that finds this value reads the
/// clock, stores the time there, and wakes the worker. A recorder first stores its event and then reads the word. The worker
/// first stores ``asleep``, then makes every thread pass a barrier, and then looks at the rings. At least one of the two
/// therefore sees the other, and only the worker pays for the barrier.
///
/// **Forks.** In a child made by `fork()` there is no worker, and sockets, session and numbers belong to the parent. Before
/// `fork()` returns in the child, the word therefore is ``forked``. Everything is then refused as `client_forked`, no thread is
/// woken, and no caller waits. Events that waited at the fork belong to the parent, which sends them. The locks are made so
/// that the child finds them unlocked.
final class LiveCore: Sendable {
    static let forked: Int64 = 0
    static let closed: Int64 = 1
    /// Every time is above this value.
    static let asleep: Int64 = 2

    let configuration: StatsClient.Configuration
    let session: UInt64
    let spot: ParkingSpot
    let clock: SystemClock
    let draws: KeyedRandom
    /// The block with the time word. From offset 128 on, it holds the address of each thread's ring: 0 if there is none yet, or
    /// ``noRing`` if there was no memory for one.
    let block: UInt
    let ringMask: UInt64
    let rings = ForkSafeMutex<[RingStorage]>([])
    let registry: ForkSafeMutex<MetricCatalog>
    /// Bytes of the catalog at the start, which are part of the client's fixed memory.
    let reservedCatalogBytes: Int
    /// The metrics of calls by name.
    let names: NameTable
    let nameRoot: UInt
    let texts: ForkSafeMutex<LiveTexts>
    /// Bytes of an event as it is encoded at most.
    private let longestRecord: Int
    /// Events that were refused before they reached a ring.
    let refusals = ForkSafeMutex(Ledger())
    /// Events that reached a ring or the texts after the worker's last look.
    let lateEvents = ForkSafeMutex(Ledger())
    /// The number of texts ever taken.
    let textCount = Atomic<UInt64>(0)
    let control = ForkSafeMutex(LiveControl())
    let healthWindow = ForkSafeMutex(HealthWindow())
    let progress = ForkSafeMutex(LiveProgress())
    let histograms: ForkSafeMutex<LiveHistograms>
    /// The sums that handles and the pipeline share. nil if every event is sent.
    let aggregator: LocalAggregator?
    /// The distance of the aggregator's stripes. It is a plain number, so that adding needs no reference count. All threads would
    /// compete for that.
    let stripeStride: UInt
    let stripeMask: UInt
    /// The number of events in sums that were taken so far.
    let aggregatedCount = Atomic<UInt64>(0)
    /// The account of all memory. nil if there is no limit.
    let memory: MemoryLimiter?
    /// The lock of the threads that use the shared ring.
    let countdown = ForkSafeMutex(())

    init(configuration: StatsClient.Configuration) throws(SystemError) {
        self.configuration = configuration
        spot = try ParkingSpot()
        clock = SystemClock()
        let session = KeyedRandom.mix(UInt64(bitPattern: SystemClock.wallNanoseconds)) ^ UInt64.random(in: 1 ... .max)
        self.session = session
        draws = KeyedRandom(seed: session)
        ringMask = UInt64(configuration.threadBufferCapacity - 1)
        aggregator = configuration.workerPipeline.aggregation.map { LocalAggregator(configuration: $0) }
        (stripeStride, stripeMask) = aggregator?.stripes ?? (0, 0)
        memory = configuration.memoryLimit.map { MemoryLimiter(limit: $0) }
        // The shared ring is paid for at the start, so that some thread can always record.
        if let memory, !memory.reserve(configuration.fixedMemory + configuration.threadMemory) {
            preconditionFailure("a valid limit has room for what is allocated at once")
        }
        histograms = ForkSafeMutex(LiveHistograms(digits: configuration.latencyDigits))
        longestRecord = configuration.workerPipeline.longestRecord
        texts = ForkSafeMutex(LiveTexts(byteLimit: configuration.textCapacity))
        // Metrics have the same numbers as in the pipeline, with its two reserved metrics first.
        var catalog = MetricCatalog(limit: configuration.metricLimit + ClientPipeline.reservedMetrics)
        for type in [MetricType.event, .serviceCheck] {
            let name = Array(type.name.utf8)
            _ = catalog.intern(type, name.span, name: ByteRange(0..<name.count))
        }
        reservedCatalogBytes = Self.byteCount(of: catalog)
        registry = ForkSafeMutex(catalog)
        names = NameTable(entryLimit: 2 * configuration.metricLimit)
        nameRoot = names.root
        let words = configuration.threadLimit + 1
        block = UInt(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: 128 + words * 8, alignment: 128))
        unsafe Self.time(at: block).initialize(to: Atomic(Self.asleep))
        for number in 0..<words {
            // In bounds: `words` words from 128 on.
            unsafe RingStorage.index(at: block + 128 + UInt(number) * 8).initialize(to: Atomic(0))
        }
        // The time word, an atomic of eight bytes, is valid until `deinit`.
        unsafe clinuxnet_mark_forks(UnsafeMutablePointer(bitPattern: block).unsafelyUnwrapped, Self.forked)
    }

    deinit {
        unsafe clinuxnet_unmark_forks(UnsafeMutablePointer(bitPattern: block).unsafelyUnwrapped)
        // The block was allocated in `init`. All possible readers held this object.
        unsafe UnsafeMutableRawPointer(bitPattern: block)?.deallocate()
    }

    @inline(__always)
    static func time(at address: UInt) -> UnsafeMutablePointer<Atomic<Int64>> {
        // Never nil: the address of an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    @inline(__always)
    var timeWord: Int64 { unsafe Self.time(at: block).pointee.load(ordering: .relaxed) }

    /// Replaces `seen` by `time`. False if another thread was faster.
    @discardableResult
    func setTime(_ time: Int64, over seen: Int64) -> Bool {
        unsafe Self.time(at: block).pointee.compareExchange(
            expected: seen, desired: time, ordering: .sequentiallyConsistent
        ).exchanged
    }

    /// Whether this process is a forked child of the process that made the client.
    @inline(__always)
    var isForked: Bool { timeWord == Self.forked }

    /// Refuses everything from now on. Not for a child after `fork()`, which already refuses everything.
    func setClosed() { unsafe Self.time(at: block).pointee.store(Self.closed, ordering: .sequentiallyConsistent) }

    /// Updates the shared time, and wakes the worker if it sleeps. Returns the time for the timestamp.
    @inline(never)
    func renewTime(_ seen: Int64) -> Int64 {
        let wall = SystemClock.wallNanoseconds
        if seen <= Self.closed { return wall }
        if setTime(wall, over: seen), seen == Self.asleep { spot.wake() }
        return wall
    }

    /// Stored in place of a ring's address: the thread uses the shared ring.
    static let noRing: UInt = 1

    /// The ring of this thread, or the shared ring. It is made when the thread first records or adds up a value. Without memory
    /// for it the address is ``noRing``, and the thread uses the shared ring.
    @inline(never) @discardableResult
    func makeRing(_ number: Int) -> UInt {
        rings.withLock { rings in
            if number != configuration.threadLimit, memory?.reserve(configuration.threadMemory) == false {
                _ = makeRing(configuration.threadLimit, among: &rings)
                // In bounds: `number` is at most the thread limit.
                unsafe RingStorage.index(at: block + 128 + UInt(number) * 8).pointee.store(UInt64(Self.noRing), ordering: .releasing)
                return Self.noRing
            }
            return makeRing(number, among: &rings)
        }
    }

    private func makeRing(_ number: Int, among rings: inout [RingStorage]) -> UInt {
        let slot = block + 128 + UInt(number) * 8
        // In bounds: `number` is at most the thread limit.
        let known = unsafe RingStorage.index(at: slot).pointee.load(ordering: .acquiring)
        if known != 0 { return UInt(known) }
        let ring = ThreadRing.make(capacity: configuration.threadBufferCapacity)
        rings.append(ring)
        unsafe RingStorage.index(at: slot).pointee.store(UInt64(ring.address), ordering: .releasing)
        return ring.address
    }

    /// The ring of the thread with this number, which is below the limit. 0 or ``noRing`` if it has none.
    @inline(__always)
    func ring(of thread: Int) -> UInt {
        // In bounds: below the thread limit.
        UInt(unsafe RingStorage.index(at: block &+ 128 &+ UInt(thread) &* 8).pointee.load(ordering: .acquiring))
    }

    @inline(__always)
    func record(_ handle: borrowing LiveHandle, value: Double, flags: EventFlags = []) -> PushResult {
        let thread = Int(clinuxnet_thread_number())
        if thread >= configuration.threadLimit { return recordInSharedRing(handle, value: value, flags: flags) }
        var ring = self.ring(of: thread)
        if ring <= Self.noRing {
            if ring == 0 { ring = makeRing(thread) }
            if ring == Self.noRing { return recordInSharedRing(handle, value: value, flags: flags) }
        }
        return push(handle, value: value, flags: flags, to: ring)
    }

    @inline(never)
    private func recordInSharedRing(_ handle: borrowing LiveHandle, value: Double, flags: EventFlags) -> PushResult {
        let handle = copy handle
        return countdown.withLock { _ in
            push(handle, value: value, flags: flags, to: makeRing(configuration.threadLimit))
        }
    }

    @inline(__always)
    private func push(
        _ handle: borrowing LiveHandle, value: Double, flags: EventFlags, to ring: UInt
    ) -> PushResult {
        if handle.rate < 1, !handle.ratio.accepts(
            draws.draw(rule: 1, flow: handle.keyHash &+ UInt64(ring), sequence: ThreadRing.nextDraw(at: ring)))
        {
            ThreadRing.add(1, at: ring &+ ThreadRing.sampledOutOffset)
            return .buffered
        }
        var time = timeWord
        // The ring's head: the thread updates the time with every 128th event.
        let head = unsafe RingStorage.index(at: ring).pointee.load(ordering: .relaxed)
        if time <= Self.asleep || head & 127 == 127 {
            if time <= Self.closed { return refuse(Self.ending(time), handle, value: value, flags: flags) }
            time = renewTime(time)
        }
        guard let metric = handle.metric else { return refuse(handle.refusal, handle, value: value, flags: flags) }
        let event = StatEvent(metric: metric, value: value, timestamp: time, rate: handle.rate, flags: flags)
        guard ThreadRing.push(event, to: ring, mask: ringMask) else {
            let content = handle.content(value: value, timestamp: time, flags: flags)
            ThreadRing.refuse(handle.type, content: content, at: ring)
            return .refused(.bufferFull)
        }
        // The event is stored first, and the time word read afterwards: see above.
        clinuxnet_compiler_fence()
        if timeWord == Self.asleep { _ = renewTime(Self.asleep) }
        return .buffered
    }

    @inline(never)
    private func refuse(
        _ cause: LossCause, _ handle: borrowing LiveHandle, value: Double, flags: EventFlags
    ) -> PushResult {
        let content = handle.content(value: value, timestamp: SystemClock.wallNanoseconds, flags: flags)
        let type = handle.type
        refusals.withLock { $0.recordLoss(cause, type, content: content) }
        return .refused(cause)
    }

    /// The cause of loss if the time word is ``closed`` or ``forked``.
    private static func ending(_ word: Int64) -> LossCause { word == forked ? .clientForked : .clientClosed }

    /// Records an event with a text. It takes a lock, and allocates nothing beyond the caller's strings.
    ///
    /// - Parameter isCritical: true for events and service checks; for a set, whether the configuration declares it critical
    func recordText(
        _ type: MetricType, _ strings: LiveStrings, value: Double = 0, rate: Double = 1, isCritical: Bool = true
    ) -> PushResult {
        var time = timeWord
        let cause: LossCause
        if time <= Self.closed {
            cause = Self.ending(time)
            time = SystemClock.wallNanoseconds
        } else if isTooLong(strings.event(type, value: value, rate: rate), byteCount: strings.bytes.count) {
            cause = .oversize
            time = SystemClock.wallNanoseconds
        } else {
            if time == Self.asleep { time = renewTime(time) }
            let isTaken = texts.withLock { texts in
                guard texts.hasRoom(byteCount: strings.bytes.count, isCritical: isCritical) else { return false }
                texts.append(type, strings, value: value, rate: rate, timestamp: time)
                return true
            }
            if isTaken {
                textCount.wrappingAdd(1, ordering: .relaxed)
                if timeWord == Self.asleep { _ = renewTime(Self.asleep) }
                return .buffered
            }
            cause = .textPoolFull
        }
        let content = strings.content(type, value: value, rate: rate, timestamp: time)
        refusals.withLock { $0.recordLoss(cause, type, content: content) }
        return .refused(cause)
    }

    /// Whether the event fits into no packet, or its strings into no room for texts however empty.
    private func isTooLong(_ event: DecodedEvent, byteCount: Int) -> Bool {
        byteCount > configuration.textCapacity || ClientPipeline.isTooLong(event, for: longestRecord)
    }
}
