import CLinuxNet
import StatsBuffers
import StatsModel
import StatsPipeline
import StatsWire
import Synchronization
import SystemIO

/// What recording threads and the worker of a live client share.
///
/// **Recording.** Each thread has a small number while it lives (``clinuxnet_thread_number``), and a ring of its own
/// under that number, so recording takes no lock and no read-modify-write instruction, and four threads do not slow
/// each other down. Order is kept per thread; an async task that changes threads keeps it only as far as its time stamps
/// tell. Threads beyond the limit share one more ring behind a lock.
///
/// **Time.** Events are stamped from one shared word that the worker renews every millisecond while there is traffic,
/// and each thread itself with every 128th event; reading the clock for each would cost more than everything else. A
/// stamp is at most 1 ms old, or as old as the system kept the worker from running on a thread that records rarely.
///
/// **Waking.** The same word is ``asleep`` while the worker sleeps without a date: who finds that reads the clock, puts it
/// there and wakes the worker. A recorder stores its event, then looks at the word; the worker stores ``asleep``, makes
/// every thread pass a barrier, then looks at the rings. One of both sees the other, and the barrier costs only the worker.
///
/// **Forks.** In a child that `fork()` makes there is no worker, and sockets, session and numbers are the parent's. So the
/// same word is ``forked`` there before `fork()` returns: everything is refused as `client_forked`, nothing is woken, and
/// nobody waits. What waited at that moment is the parent's, which sends it. Locks are such that the child finds them free.
final class LiveCore: Sendable {
    static let forked: Int64 = 0
    static let closed: Int64 = 1
    /// Every date is above it.
    static let asleep: Int64 = 2

    let configuration: StatsClient.Configuration
    let session: UInt64
    let spot: ParkingSpot
    let clock: SystemClock
    let draws: KeyedRandom
    /// The time word; from 128 on the address of each thread's ring, 0 where it has none yet, ``noRing`` where there was no
    /// memory for one.
    let block: UInt
    let ringMask: UInt64
    let rings = ForkSafeMutex<[RingStorage]>([])
    let registry: ForkSafeMutex<MetricCatalog>
    /// What it holds from the start, which the client's fixed memory has.
    let reservedCatalogBytes: Int
    /// What by-name calls find their metrics in.
    let names: NameTable
    let nameRoot: UInt
    let texts: ForkSafeMutex<LiveTexts>
    /// What was refused before it reached a ring.
    let refusals = ForkSafeMutex(Ledger())
    /// Events that reached a ring or the texts when the worker had looked for the last time.
    let latecomers = ForkSafeMutex(Ledger())
    /// Texts ever taken.
    let textCount = Atomic<UInt64>(0)
    let control = ForkSafeMutex(LiveControl())
    let healthWindow = ForkSafeMutex(HealthWindow())
    let progress = ForkSafeMutex(LiveProgress())
    let histograms: ForkSafeMutex<LiveHistograms>
    /// Where handles add up, and the pipeline with them; nil where every event is sent.
    let aggregator: LocalAggregator?
    /// Of its cells; numbers only, so that adding touches no reference count, which all threads would fight for.
    let stripeStride: UInt
    let stripeMask: UInt
    /// Events in sums that were taken so far.
    let aggregatedCount = Atomic<UInt64>(0)
    /// The account of all memory; nil where there is no limit.
    let memory: MemoryLimiter?
    /// Taken by threads that share the last ring.
    let crowd = ForkSafeMutex(())

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
        // The crowd's ring is paid for at once: whatever else is refused, somebody can record.
        if let memory, !memory.reserve(configuration.fixedMemory + configuration.threadMemory) {
            preconditionFailure("a valid limit has room for what is allocated at once")
        }
        histograms = ForkSafeMutex(LiveHistograms(digits: configuration.latencyDigits))
        texts = ForkSafeMutex(LiveTexts(byteLimit: configuration.textCapacity))
        // Numbered as the pipeline numbers them, its two reserved metrics first.
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
        // The time word, an atomic of eight bytes, until `deinit`.
        unsafe clinuxnet_mark_forks(UnsafeMutablePointer(bitPattern: block).unsafelyUnwrapped, Self.forked)
    }

    deinit {
        unsafe clinuxnet_unmark_forks(UnsafeMutablePointer(bitPattern: block).unsafelyUnwrapped)
        // The block allocated in `init`; whoever could read it held this object.
        unsafe UnsafeMutableRawPointer(bitPattern: block)?.deallocate()
    }

    @inline(__always)
    static func time(at address: UInt) -> UnsafeMutablePointer<Atomic<Int64>> {
        // Never nil: the address of an allocated block.
        unsafe UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped
    }

    @inline(__always)
    var timeWord: Int64 { unsafe Self.time(at: block).pointee.load(ordering: .relaxed) }

    /// Puts `time` where `seen` stands; false where another thread was faster.
    @discardableResult
    func setTime(_ time: Int64, over seen: Int64) -> Bool {
        unsafe Self.time(at: block).pointee.compareExchange(
            expected: seen, desired: time, ordering: .sequentiallyConsistent
        ).exchanged
    }

    /// This process is a child of the one that made the client.
    @inline(__always)
    var isForked: Bool { timeWord == Self.forked }

    /// Refuses everything from now on. Not for a child after `fork()`, which does so already.
    func setClosed() { unsafe Self.time(at: block).pointee.store(Self.closed, ordering: .sequentiallyConsistent) }

    /// Renews the shared time, and wakes the worker where it sleeps. The time to stamp with.
    @inline(never)
    func renewTime(_ seen: Int64) -> Int64 {
        let wall = SystemClock.wallNanoseconds
        if seen <= Self.closed { return wall }
        if setTime(wall, over: seen), seen == Self.asleep { spot.wake() }
        return wall
    }

    /// In place of a ring's address: the thread records into the crowd's.
    static let noRing: UInt = 1

    /// The ring of this thread, or that of the crowd; made when the thread first records or adds up. ``noRing`` where there is
    /// no memory for it: then the crowd's is there.
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

    /// The ring of a thread with that number, below the limit, or 0 or ``noRing``.
    @inline(__always)
    func ring(of thread: Int) -> UInt {
        // In bounds: below the thread limit.
        UInt(unsafe RingStorage.index(at: block &+ 128 &+ UInt(thread) &* 8).pointee.load(ordering: .acquiring))
    }

    @inline(__always)
    func record(_ handle: borrowing LiveHandle, value: Double, flags: EventFlags = []) -> PushResult {
        let thread = Int(clinuxnet_thread_number())
        if thread >= configuration.threadLimit { return recordInCrowd(handle, value: value, flags: flags) }
        var ring = self.ring(of: thread)
        if ring <= Self.noRing {
            if ring == 0 { ring = makeRing(thread) }
            if ring == Self.noRing { return recordInCrowd(handle, value: value, flags: flags) }
        }
        return push(handle, value: value, flags: flags, to: ring)
    }

    @inline(never)
    private func recordInCrowd(_ handle: borrowing LiveHandle, value: Double, flags: EventFlags) -> PushResult {
        let handle = copy handle
        return crowd.withLock { _ in
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
        // The ring's head: this thread renews the time with every 128th event.
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
        // The event first, then the word: see above.
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

    /// Why a word of ``closed`` or ``forked`` refuses.
    private static func ending(_ word: Int64) -> LossCause { word == forked ? .clientForked : .clientClosed }

    /// Records an event with a text. Takes a lock, allocates nothing beyond the caller's strings.
    ///
    /// - Parameter isCritical: events and service checks are; of a set, whether the configuration declares it critical
    func recordText(
        _ type: MetricType, _ strings: LiveStrings, value: Double = 0, rate: Double = 1, isCritical: Bool = true
    ) -> PushResult {
        var time = timeWord
        let cause: LossCause
        if time <= Self.closed {
            cause = Self.ending(time)
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
}

/// A metric as a recorder holds it: a number, what its losses are counted with, and its share of samples.
struct LiveHandle: Sendable {
    let type: MetricType
    /// Nil where the client had no room for one more metric.
    let metric: MetricID?
    let keyHash: UInt64
    let rate: Double
    let ratio: Ratio
    /// Under which name its events are refused where there is no metric.
    var refusal = LossCause.metricLimit
    /// Where its values add up, in the aggregator's first stripe; 0 where each is sent.
    var cell: UInt = 0

    init(type: MetricType, metric: MetricID?, keyHash: UInt64, rate: Double) {
        precondition(rate > 0 && rate <= 1, "a sample rate lies in (0, 1]")
        self.type = type
        self.metric = metric
        self.keyHash = keyHash
        self.rate = rate
        ratio = Ratio(UInt64((rate * 4_294_967_296).rounded()), outOf: 4_294_967_296)
    }

    /// One whose every event is kept.
    @inline(__always)
    init(type: MetricType, metric: MetricID, keyHash: UInt64, cell: UInt = 0) {
        self.type = type
        self.metric = metric
        self.keyHash = keyHash
        self.cell = cell
        rate = 1
        ratio = .zero
    }

    /// What ``EventContent`` says of an event without a text: refused a million times a second, it is worth saying here.
    @inline(__always)
    func content(value: Double, timestamp: Int64, flags: EventFlags) -> UInt64 {
        let key = type == .gauge && flags.contains(.gaugeDelta) ? KeyedRandom.mix(keyHash &+ 1) : keyHash
        return Tally.content(key: key, value: value, rate: rate, timestamp: timestamp)
    }
}
