import CLinuxNet
import StatsModel
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
/// **Waking.** The same word is 0 while the worker sleeps without a date: who finds that reads the clock, puts it
/// there and wakes the worker. A recorder stores its event, then looks at the word; the worker stores 0, makes every
/// thread pass a barrier, then looks at the rings. One of both sees the other, and the barrier costs only the worker.
final class LiveCore: Sendable {
    static let asleep: Int64 = 0
    static let closed: Int64 = 1
    /// What by-name calls may take for each metric of the limit.
    static let bytesPerName = 256

    let configuration: StatsClient.Configuration
    let session: UInt64
    let spot: ParkingSpot
    let clock: SystemClock
    let draws: KeyedRandom
    /// The time word; from 128 on the address of each thread's ring, 0 where it has none yet.
    let block: UInt
    let ringMask: UInt64
    let rings = Mutex<[RingStorage]>([])
    let registry: Mutex<MetricCatalog>
    /// What by-name calls find their metrics in.
    let names: NameTable
    let nameRoot: UInt
    let texts: Mutex<LiveTexts>
    /// What was refused before it reached a ring.
    let refusals = Mutex(Ledger())
    /// Events that reached a ring or the texts when the worker had looked for the last time.
    let latecomers = Mutex(Ledger())
    /// Texts ever taken.
    let textCount = Atomic<UInt64>(0)
    let control = Mutex(LiveControl())
    let healthWindow = Mutex(HealthWindow())
    let progress = Mutex(LiveProgress())
    let histograms: Mutex<LiveHistograms>
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
    let crowd = Mutex(())

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
        histograms = Mutex(LiveHistograms(digits: configuration.latencyDigits))
        texts = Mutex(LiveTexts(byteLimit: configuration.textCapacity))
        // Numbered as the pipeline numbers them, its two reserved metrics first.
        var catalog = MetricCatalog(limit: configuration.metricLimit + ClientPipeline.reservedMetrics)
        for type in [MetricType.event, .serviceCheck] {
            let name = Array(type.name.utf8)
            _ = catalog.intern(type, name.span, name: ByteRange(0..<name.count))
        }
        registry = Mutex(catalog)
        names = NameTable(
            entryLimit: 2 * configuration.metricLimit, byteLimit: configuration.metricLimit * Self.bytesPerName)
        nameRoot = names.root
        let words = configuration.threadLimit + 1
        block = UInt(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: 128 + words * 8, alignment: 128))
        unsafe Self.time(at: block).initialize(to: Atomic(Self.asleep))
        for number in 0..<words {
            // In bounds: `words` words from 128 on.
            unsafe RingStorage.index(at: block + 128 + UInt(number) * 8).initialize(to: Atomic(0))
        }
    }

    deinit {
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

    /// Refuses everything from now on.
    func setClosed() { unsafe Self.time(at: block).pointee.store(Self.closed, ordering: .sequentiallyConsistent) }

    /// Renews the shared time, and wakes the worker where it sleeps. The time to stamp with.
    @inline(never)
    func renewTime(_ seen: Int64) -> Int64 {
        let wall = SystemClock.wallNanoseconds
        if seen == Self.closed { return wall }
        if setTime(wall, over: seen), seen == Self.asleep { spot.wake() }
        return wall
    }

    /// The ring of this thread, or that of the crowd; made when it first records. 0 where there is no memory for it.
    @inline(never)
    func makeRing(_ number: Int) -> UInt {
        rings.withLock { rings in
            let slot = block + 128 + UInt(number) * 8
            // In bounds: `number` is at most the thread limit.
            let known = unsafe RingStorage.index(at: slot).pointee.load(ordering: .acquiring)
            if known != 0 { return UInt(known) }
            let isCrowd = number == configuration.threadLimit
            if !isCrowd, memory?.reserve(configuration.threadMemory) == false { return 0 }
            let ring = ThreadRing.make(capacity: configuration.threadBufferCapacity)
            rings.append(ring)
            unsafe RingStorage.index(at: slot).pointee.store(UInt64(ring.address), ordering: .releasing)
            return ring.address
        }
    }

    @inline(__always)
    func record(_ handle: borrowing LiveHandle, value: Double, flags: EventFlags = []) -> PushResult {
        let thread = Int(clinuxnet_thread_number())
        if thread >= configuration.threadLimit { return recordInCrowd(handle, value: value, flags: flags) }
        // In bounds: below the thread limit.
        var ring = UInt(unsafe RingStorage.index(at: block &+ 128 &+ UInt(thread) &* 8).pointee.load(ordering: .acquiring))
        if ring == 0 {
            ring = makeRing(thread)
            if ring == 0 { return recordInCrowd(handle, value: value, flags: flags) }
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
        if time <= Self.closed || head & 127 == 127 {
            if time == Self.closed { return refuse(.clientClosed, handle, value: value, flags: flags) }
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

    /// Records an event with a text. Takes a lock, allocates nothing beyond the caller's strings.
    ///
    /// - Parameter isCritical: events and service checks are; of a set, whether the configuration declares it critical
    func recordText(
        _ type: MetricType, _ strings: LiveStrings, value: Double = 0, rate: Double = 1, isCritical: Bool = true
    ) -> PushResult {
        var time = timeWord
        let cause: LossCause
        if time == Self.closed {
            cause = .clientClosed
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

    func handle(_ type: MetricType, _ strings: LiveStrings, rate: Double) -> LiveHandle {
        let bytes = strings.bytes.span
        var refusal = LossCause.metricLimit
        let (metric, keyHash) = registry.withLock { registry -> (MetricID?, UInt64) in
            if let memory {
                let cost = StatsClient.Configuration.metricMemory(nameLength: bytes.count)
                let isKnown =
                    registry.known(type, bytes, name: strings.name, tags: strings.tags, extra: strings.extra) != nil
                // A metric that is known costs nothing more but one way to write it, which is in its price.
                if !isKnown, registry.count < registry.limit, !memory.reserve(cost) {
                    refusal = .memoryLimit
                    return (nil, 0)
                }
            }
            let metric = registry.intern(
                type, bytes, name: strings.name, tags: strings.tags, extra: strings.extra)
            return (metric, metric.map { registry.keyHash(of: $0) } ?? 0)
        }
        let hash =
            metric == nil
            ? EventContent.key(type, bytes, name: strings.name, tags: strings.tags, extra: strings.extra) : keyHash
        var handle = LiveHandle(type: type, metric: metric, keyHash: hash, rate: rate)
        handle.refusal = refusal
        if rate == 1, let metric, let aggregator { handle.cell = aggregator.cell(of: metric, type) ?? 0 }
        return handle
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
