import StatsModel
package import SystemIO

/// A capture from its first packet to the finished file: the one loop that reads the device, the clock and the signals, and
/// calls the machines.
///
/// The buffer is written before every wait, so nothing is held back. Packets older than the kernel's block time-out (100 ms)
/// and one batch are in the file, whatever happens to this process.
package struct CaptureSession: ~Copyable {
    /// Packets between two checks of the clock and the signals.
    private static let batch = 4096
    /// How long the end of a capture waits for blocks that the kernel still holds: twice its time-out.
    private static let drainTime = Nanoseconds(2 * LiveConfiguration.blockTimeout.rawValue)

    enum Phase {
        case running
        /// Takes the packets captured before `last` (nanoseconds since 1970) and then ends.
        case draining(StopReason, last: Int64, until: Instant)
        case ended(StopReason)
    }

    let configuration: LiveConfiguration
    let bounds: CaptureBounds
    let clock = SystemClock()
    let description: CaptureDescription
    let capture: LiveCapture
    var output: CaptureOutput
    var selection: PacketSelection
    var drops: InterfaceDrops
    var summary: CaptureSummary
    let link: LinkType
    var decoder: DatagramDecoder
    var phase = Phase.running
    private let device: NetworkLink
    private let deviceWasUp: Bool
    private var nextProgress = Instant.start
    private var nextCounters = Instant.start

    /// Runs a whole capture: opens the device and files, watches the signals, captures, finishes.
    ///
    /// Errors: ``CaptureFailure`` if the capture cannot begin. A failure after that is reported in the summary.
    package static func capture<Observer: CaptureObserver>(
        _ configuration: LiveConfiguration, bounds: CaptureBounds, target: CaptureOutput.Target,
        policy: RotationPolicy, application: String, observer: inout Observer
    ) throws(CaptureFailure) -> CaptureSummary {
        let signals = try output { () throws(SystemError) in try StopSignals() }
        var session = try CaptureSession(
            configuration, bounds: bounds, target: target, policy: policy, application: application)
        return session.run(observer: &observer, signals: signals)
    }

    /// Opens the device, then the output, so that a device that cannot be opened leaves no file behind.
    ///
    /// Errors: ``CaptureFailure``.
    package init(
        _ configuration: LiveConfiguration, bounds: CaptureBounds, target: CaptureOutput.Target,
        policy: RotationPolicy, application: String
    ) throws(CaptureFailure) {
        let capture = try Self.device { () throws(LiveCaptureError) in try LiveCapture(configuration) }
        let selection = try Self.device { () throws(LiveCaptureError) in
            try PacketSelection(
                configuration.filter, linkType: capture.linkType, snapLength: configuration.snapLength)
        }
        let known = (try? NetworkInterface.all()) ?? []
        let description = CaptureDescription(
            linkType: LinkTypeNumber.file(capture.linkType), snapLength: UInt32(configuration.snapLength),
            hasNanoseconds: capture.hasNanoseconds, interface: configuration.interface,
            interfaceDescription: known.first { $0.name == configuration.interface }?.description ?? "",
            filter: configuration.filter.expression, hardware: HostDescription.hardware,
            operatingSystem: HostDescription.operatingSystem, application: application)
        let now = clock.now
        let output = try Self.output { () throws(SystemError) in
            try CaptureOutput(
                target: target, description: description, policy: policy, at: now, wall: SystemClock.wallNanoseconds)
        }
        device = NetworkLink(name: configuration.interface)
        link = LinkType(number: description.linkType)
        decoder = DatagramDecoder(ports: configuration.filter.ports)
        deviceWasUp = device.state == .up
        drops = InterfaceDrops(link: device)
        summary = CaptureSummary(description: description, reason: .outputFailed, files: output.files)
        self.configuration = configuration
        self.bounds = bounds
        self.description = description
        self.capture = capture
        self.selection = selection
        self.output = output
    }

    private static func device<Answer: ~Copyable>(
        _ body: () throws(LiveCaptureError) -> Answer
    ) throws(CaptureFailure) -> Answer {
        do throws(LiveCaptureError) { return try body() } catch { throw .device(error) }
    }

    private static func output<Answer: ~Copyable>(
        _ body: () throws(SystemError) -> Answer
    ) throws(CaptureFailure) -> Answer {
        do throws(SystemError) { return try body() } catch { throw .output(error) }
    }

    /// Captures until a bound, a signal or a failure ends it, and finishes the file.
    package mutating func run<Observer: CaptureObserver>(
        observer: inout Observer, signals: borrowing StopSignals
    ) -> CaptureSummary {
        observer.handleStart(description, file: output.files.first ?? "")
        do throws(CaptureFailure) {
            while true {
                let isEmpty = try takeBatch(&observer)
                try flush()
                handleClock(isEmpty: isEmpty, signals: signals)
                if case .ended(let reason) = phase {
                    summary.reason = reason
                    break
                }
                reportProgress(&observer)
                if isEmpty { try wait(observer.progressInterval, signals: signals) }
            }
        } catch {
            note(error)
        }
        finish()
        return summary
    }

    /// Takes up to one batch of packets. Returns true if there were no more.
    private mutating func takeBatch<Observer: CaptureObserver>(
        _ observer: inout Observer
    ) throws(CaptureFailure) -> Bool {
        for _ in 0..<Self.batch {
            guard case .ended = phase else {
                if try takePacket(&observer) { continue }
                return true
            }
            return true
        }
        return false
    }

    /// Takes one packet. Returns false if there was none.
    private mutating func takePacket<Observer: CaptureObserver>(
        _ observer: inout Observer
    ) throws(CaptureFailure) -> Bool {
        var writeFailure: SystemError?
        let now = clock.now
        let taken: Void?
        do throws(LiveCaptureError) {
            taken = try capture.withNextPacket { timestamp, originalCount, bytes in
                if case .draining(let reason, let last, _) = phase, timestamp > last {
                    phase = .ended(reason)
                    return
                }
                let verdict = selection.decide(timestamp, originalCount, bytes, at: now)
                do throws(SystemError) {
                    for held in verdict.released {
                        try keep(held.timestamp, held.originalCount, held.bytes.span, true, at: now, &observer)
                    }
                    guard verdict.isKept else { return }
                    try keep(timestamp, originalCount, bytes, verdict.isFragment, at: now, &observer)
                } catch { writeFailure = error }
            }
        } catch {
            // libpcap gives up at once, but the kernel may still hold an older block.
            handleDeviceFailure()
            guard case .draining = phase else { throw .device(error) }
            return false
        }
        if let writeFailure { throw .output(writeFailure) }
        return taken != nil
    }

    /// Writes the buffer, and begins the next file if it is due.
    private mutating func flush() throws(CaptureFailure) {
        do throws(SystemError) {
            try output.flush()
            let now = clock.now
            if output.isRotationDue(at: now) { try rotate(at: now) }
        } catch { throw .output(error) }
    }

    /// Checks the signals and the time.
    private mutating func handleClock(isEmpty: Bool, signals: borrowing StopSignals) {
        let now = clock.now
        if now >= nextCounters {
            // Read regularly, because the kernel's counters wrap.
            _ = drops.read(capture)
            nextCounters = now + .seconds(60)
        }
        switch phase {
        case .running:
            if let number = signals.poll() {
                beginDraining(.signal(number), at: now)
            } else if let duration = bounds.duration, now >= Instant.start + duration {
                beginDraining(.duration, at: now)
            }
        case .draining(let reason, _, let until):
            if isEmpty, now >= until { phase = .ended(reason) }
        case .ended: break
        }
    }

    private mutating func beginDraining(_ reason: StopReason, at now: Instant) {
        phase = .draining(reason, last: SystemClock.wallNanoseconds, until: now + Self.drainTime)
    }

    private mutating func reportProgress<Observer: CaptureObserver>(_ observer: inout Observer) {
        let now = clock.now
        guard let interval = observer.progressInterval, now >= nextProgress else { return }
        nextProgress = now + interval
        observer.handleProgress(
            CaptureProgress(elapsed: now - .start, packets: output.packetCount, drops: drops.read(capture)))
    }

    /// Waits for packets, a signal or the next deadline.
    private mutating func wait(
        _ progressInterval: Nanoseconds?, signals: borrowing StopSignals
    ) throws(CaptureFailure) {
        var deadlines: [Instant] = []
        if case .draining(_, _, let until) = phase {
            deadlines.append(until)
        } else if let duration = bounds.duration {
            deadlines.append(.start + duration)
        }
        if progressInterval != nil { deadlines.append(nextProgress) }
        if let rotation = output.nextDeadline { deadlines.append(rotation) }
        // Some pseudo-devices have no descriptor to wait for. They are polled every 10 ms.
        if capture.descriptor < 0 { deadlines.append(clock.now + .milliseconds(10)) }
        let wake: DescriptorPoll.Wake
        do throws(SystemError) {
            wake = try DescriptorPoll.wait(
                capture.descriptor, signals.descriptor, timeout: deadlines.min().map { $0 - clock.now })
        } catch { throw .device(.failed(interface: configuration.interface, reason: error.description)) }
        if wake.contains(.firstFailed) { handleDeviceFailure() }
    }

    /// Handles an error of the socket: the interface went down or away, or the error does not stop a capture.
    private mutating func handleDeviceFailure() {
        guard deviceWasUp, case .running = phase else { return }
        switch device.state {
        case .up, .unknown: break
        // The packets that the kernel still holds are taken, as at any other end.
        case .down: beginDraining(.interfaceDown, at: clock.now)
        case .missing: beginDraining(.interfaceGone, at: clock.now)
        }
    }

    private mutating func note(_ failure: CaptureFailure) {
        switch failure {
        case .output(let error):
            summary.reason = .outputFailed
            summary.outputFailure = error
        case .device(let error):
            summary.reason = deviceWasUp && device.state == .missing ? .interfaceGone : .interfaceDown
            if case .failed(_, let reason) = error { summary.interfaceFailure = reason }
        }
    }

    /// Completes the file, as far as it can be written, and the summary.
    private mutating func finish() {
        summary.orphanFragments = selection.finish()
        summary.drops = drops.read(capture)
        do throws(SystemError) {
            try output.finish(summary.drops, wall: SystemClock.wallNanoseconds)
        } catch {
            if summary.outputFailure == nil { summary.outputFailure = error }
        }
        summary.files = output.files
        summary.packets = output.packetCount
        summary.byteCount = output.byteCount
        summary.elapsed = clock.now - .start
    }
}
