import CStackSampler
import Foundation
import StatsClient
import StatsModel
import Synchronization
import SystemIO
import Testing

@testable import StatsEndpoint

/// Set once, from any thread.
final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// A thread that computes until told to stop, in functions whose names a profile must show.
final class Burner: Sendable {
    private let isStopped = Flag()
    private let sum = Atomic<UInt64>(0)

    func start(named name: String) throws {
        try WorkerThread.start(name: name) { self.burnOuter() }
    }

    func stop() { isStopped.set() }

    @inline(never)
    private func burnOuter() {
        while !isStopped.isSet {
            // Something follows the call, so that the optimiser leaves no jump in its place.
            sum.add(burnProcessor(sum.load(ordering: .relaxed)), ordering: .relaxed)
        }
    }

    @inline(never)
    private func burnProcessor(_ seed: UInt64) -> UInt64 {
        var value = seed
        for _ in 0..<10_000 { value = KeyedRandom.mix(value) }
        return value
    }
}

/// Profiles of this very process. One at a time, so these tests are as well.
@Suite(.serialized) struct ProfileTests {
    @Test("a profile shows which functions a busy thread was in, from the outside inwards")
    func busy() async throws {
        let burner = Burner()
        try burner.start(named: "burner")
        defer { burner.stop() }
        let answer = try await withEndpoint { _, port in
            try await WebClient.request("GET", "/debug/profile?seconds=2", port: port)
        }
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
        let samples = try #require(answer.headers["x-profile-samples"].flatMap { Int($0) })
        #expect(answer.headers["x-profile-dropped"] == "0" && answer.headers["x-profile-frequency"] == "100")
        var total = 0
        var burning = 0
        var lines: [String] = []
        for line in answer.body.split(separator: "\n") {
            let space = try #require(line.lastIndex(of: " "))
            let count = try #require(Int(line[line.index(after: space)...]))
            let frames = line[..<space].split(separator: ";")
            total += count
            lines.append(String(line[..<space]))
            guard frames.first == "burner" else { continue }
            let outer = frames.firstIndex { $0.contains("Burner.burnOuter()") }
            let inner = frames.firstIndex { $0.contains("Burner.burnProcessor(Swift.UInt64)") }
            if let outer, let inner, outer < inner { burning += count }
        }
        #expect(total == samples && samples > 0)
        #expect(lines == lines.sorted() && Set(lines).count == lines.count)
        // It does nothing else, and had at least a twentieth of a processor for two seconds.
        #expect(burning >= 10, "\(answer.body)")
    }

    @Test("one profile at a time in a process: the second is refused, the first is not disturbed")
    func conflict() async throws {
        try await withEndpoint { _, port in
            let runner = ProfileRunner()
            let isDone = Flag()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    // While the endpoint's own short one is taken, this one is refused; then it comes first.
                    var result = Result<CPUProfile, ProfileError>.failure(.busy)
                    while result == .failure(.busy) {
                        result = await Result { () async throws(ProfileError) in
                            try await runner.take(for: .seconds(60), frequency: 100)
                        }
                    }
                    isDone.set()
                    return result
                }
                var status = 200
                while status == 200 {
                    status = try await WebClient.request("GET", "/debug/profile?seconds=0.1", port: port).status
                }
                #expect(status == 409)
                let health = try await WebClient.request("GET", "/health", port: port)
                #expect(health.status == 200, "nothing else is in its way")
                while !isDone.isSet {
                    runner.cancel()
                    await Task.yield()
                }
                let first = try await group.next()
                #expect(first == .failure(.cancelled), "until then it went on")
            }
        }
    }

    @Test("a profile that is given up, or whose task is, ends early", arguments: [false, true])
    func ending(isTask: Bool) async throws {
        let begin = ContinuousClock.now
        let runner = ProfileRunner()
        let isDone = Flag()
        let result = await withTaskGroup { group in
            group.addTask {
                let result = await Result { () async throws(ProfileError) in
                    try await runner.take(for: .seconds(60), frequency: 100)
                }
                isDone.set()
                return result
            }
            if isTask { group.cancelAll() }
            while !isDone.isSet {
                if !isTask { runner.cancel() }
                await Task.yield()
            }
            return await group.next()
        }
        #expect(result == .failure(.cancelled))
        #expect(ContinuousClock.now - begin < .seconds(20))
        // And the next one begins.
        let next = try await runner.take(for: .milliseconds(1), frequency: 1000)
        #expect(next.droppedCount == 0)
    }

    @Test("a client that hangs up frees its profile at once, whether it closes or only ends its side", arguments: [false, true])
    func abandoned(isHalf: Bool) async throws {
        try await withEndpoint { endpoint, port in
            for _ in 0..<3 {
                var connection: WebClient.Connection? = try WebClient.Connection(port: port)
                connection?.write("GET /debug/profile?seconds=60 HTTP/1.1\r\nHost: x\r\n\r\n")
                while !endpoint.server.profiler.isTaking { await Task.yield() }
                let begin = ContinuousClock.now
                if isHalf { connection?.endInput() } else { connection = nil }
                while endpoint.server.profiler.isTaking { await Task.yield() }
                #expect(ContinuousClock.now - begin < .seconds(30), "not only when its time was up")
                withExtendedLifetime(connection) {}
            }
            let next = try await WebClient.request("GET", "/debug/profile?seconds=0.1", port: port)
            #expect(next.status == 200)
        }
    }

    @Test("a client that sends much behind its request for a profile gets none, whether it hangs up or waits", arguments: [false, true])
    func abandonedBehindRequests(waits: Bool) async throws {
        try await withEndpoint { endpoint, port in
            // The end of a client is not seen where what it sent before stays unread.
            let many = String(repeating: "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", count: 10_000)
            // Alone, so that it is taken already; with what follows; and when its turn comes, with all of that held.
            for front in [nil, 0, 40] {
                var connection: WebClient.Connection? = try WebClient.Connection(port: port)
                let first = "GET /debug/profile?seconds=60 HTTP/1.1\r\nHost: x\r\n\r\n"
                let begin = ContinuousClock.now
                if let front {
                    connection?.write(String(repeating: "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", count: front) + first + many)
                } else {
                    connection?.write(first)
                    while !endpoint.server.profiler.isTaking { await Task.yield() }
                    connection?.write(many)
                }
                if waits, let connection {
                    let text = String(decoding: connection.readToEnd(), as: UTF8.self)
                    #expect(text.components(separatedBy: "HTTP/1.1 200 ").count == 1 + (front ?? 0))
                    #expect(text.contains("HTTP/1.1 413 ") && text.hasSuffix("wait for it first\n"))
                }
                connection = nil
                var next = 409
                while next == 409 {
                    next = try await WebClient.request("GET", "/debug/profile?seconds=0.1", port: port).status
                }
                #expect(next == 200 && ContinuousClock.now - begin < .seconds(30), "not only when its time was up")
            }
        }
    }

    /// What all threads of this process have had of the processors.
    private static var processorNanoseconds: UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    @Test("samples beyond their memory are counted")
    func dropped() throws {
        let burner = Burner()
        let words = UnsafeMutablePointer<UInt>.allocate(capacity: 40)
        unsafe words.initialize(repeating: 0, count: 40)
        // Freed at the end, after the sampler's own.
        defer { unsafe words.deallocate() }
        // The memory holds as many words as are said.
        let begun = unsafe cstacksampler_begin(words, 40, 1000)
        #expect(begun == 0)
        try burner.start(named: "burner")
        let clock = SystemClock()
        let spot = try ParkingSpot()
        var known: Set<Int> = []
        // Samples come with processor time, of which a busy machine gives little, and at most one with each tick of the
        // kernel: 400 ms are 40 of them where there are 100 ticks a second.
        let begin = Self.processorNanoseconds
        let end = clock.now + .seconds(60)
        while Self.processorNanoseconds < begin + 400_000_000, clock.now < end {
            for thread in ThreadList.numbers where known.insert(thread).inserted {
                _ = cstacksampler_add_thread(Int32(thread))
            }
            spot.park(timeout: .milliseconds(10))
        }
        burner.stop()
        let dropped = cstacksampler_end()
        let samples = unsafe StackSamples(reading: UnsafeBufferPointer(start: words, count: 40).span)
        #expect(dropped > 10)
        #expect(samples.sampleCount <= 13)
    }

    @Test(
        "names are demangled, without what separates frames or says only in which file something is private",
        arguments: [
            ("main", "main"), ("_ZN3foo3barEv", "_ZN3foo3barEv"), ("a;b\nc", "a:b c"),
            ("$s10StatsModel11KeyedRandomV3mixys6UInt64VAFFZ", "static StatsModel.KeyedRandom.mix(Swift.UInt64) -> Swift.UInt64"),
            ("$s8SystemIO12WorkerThreadO5enter33_7D9B30F074FAE89C00DAA7285523FE53LLyySvSgFZ",
             "static SystemIO.WorkerThread.enter(Swift.Optional<Swift.UnsafeMutableRawPointer>) -> ()"),
            ("$snonsense", "$snonsense"),
        ])
    func names(symbol: String, name: String) {
        #expect(SymbolTable.readable(symbol) == name)
    }

    @Test("functions are found in the file's own table, whatever else is in the file", arguments: 0..<50 as Range<UInt64>)
    func damagedFiles(seed: UInt64) throws {
        let random = KeyedRandom(seed: seed)
        let intact = Self.program()
        #expect(ELFSymbols.names(in: intact.span, of: [0xFFF, 0x1000, 0x10FF, 0x1100, 0x2004]) == [
            0x1000: "first", 0x10FF: "first", 0x2004: "second",
        ])
        var damaged = intact
        for index in 0..<(1 + seed % 8) {
            let place = Int(random.draw(rule: 1, flow: 0, sequence: index) % UInt64(damaged.count))
            damaged[place] = UInt8(truncatingIfNeeded: random.draw(rule: 2, flow: 0, sequence: index))
        }
        damaged.removeLast(Int(random.draw(rule: 3, flow: 0, sequence: 0) % 64))
        // Whatever it finds, it comes back.
        _ = ELFSymbols.names(in: damaged.span, of: [0x1000, 0x2004])
        for length in [0, 1, 63, 64, 100] {
            #expect(ELFSymbols.names(in: Array(intact[..<length]).span, of: [0x1000]).isEmpty)
        }
    }

    /// An ELF file with two functions and an object: header, strings at 64, symbols at 96, section headers at 192.
    static func program() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 192 + 3 * 64)
        func put<Number: FixedWidthInteger>(_ value: Number, _ offset: Int) {
            for index in 0..<MemoryLayout<Number>.size {
                bytes[offset + index] = UInt8(truncatingIfNeeded: value >> Number(8 * index))
            }
        }
        put(0x464C_457F as UInt32, 0)
        (bytes[4], bytes[5]) = (2, 1)
        put(192 as UInt64, 40)
        put(64 as UInt16, 58)
        put(3 as UInt16, 60)
        for (index, byte) in "\0first\0second\0object\0".utf8.enumerated() { bytes[64 + index] = byte }
        for (index, symbol) in [(14, 1, 0x1000, 0x1000), (1, 2, 0x1000, 0x100), (7, 2, 0x2000, 8)].enumerated() {
            put(UInt32(symbol.0), 96 + index * 24)
            bytes[96 + index * 24 + 4] = UInt8(symbol.1)
            put(UInt64(symbol.2), 96 + index * 24 + 8)
            put(UInt64(symbol.3), 96 + index * 24 + 16)
        }
        // Section 1 is the symbol table, and 2 its strings.
        put(2 as UInt32, 256 + 4)
        put(96 as UInt64, 256 + 24)
        put(72 as UInt64, 256 + 32)
        put(2 as UInt32, 256 + 40)
        put(3 as UInt32, 320 + 4)
        put(64 as UInt64, 320 + 24)
        put(32 as UInt64, 320 + 32)
        return bytes
    }

    @Test("a walk over frames that lead nowhere ends")
    func walk() {
        var frames = [UInt](repeating: 0, count: 16)
        var stack = [UInt](repeating: 0, count: 8)
        // The arrays stay where they are for the length of each call.
        unsafe stack.withUnsafeMutableBufferPointer { stack in
            unsafe frames.withUnsafeMutableBufferPointer { frames in
                let base = UInt(bitPattern: stack.baseAddress)
                func walk(fp: UInt, sp: UInt) -> Int {
                    Int(unsafe cstacksampler_walk(0x5000, fp, sp, frames.baseAddress, frames.count))
                }
                #expect(walk(fp: 0, sp: base) == 1, "below the stack")
                #expect(walk(fp: base + 1, sp: base) == 1, "not aligned")
                #expect(walk(fp: 8, sp: 0) == 1, "not readable")
                #expect(walk(fp: base + 2 << 20, sp: base) == 1, "too far away")
                unsafe stack[0] = base + 16
                unsafe stack[1] = 0x6000
                unsafe stack[2] = base + 32 | 1 << 60
                unsafe stack[3] = 0x7000
                unsafe stack[4] = base
                unsafe stack[5] = 0x8000
                #expect(walk(fp: base, sp: base) == 4, "back to where it was")
                #expect(unsafe Array(frames[..<4]) == [0x5000, 0x6000, 0x7000, 0x8000])
                unsafe stack[2] = base + 16
                #expect(walk(fp: base, sp: base) == 3, "a frame that is its own caller")
                unsafe stack[3] = 17
                #expect(walk(fp: base, sp: base) == 2, "no address of code")
            }
        }
    }
}

extension ProfileRunner {
    /// A profile as a task takes it; ended early where the task is cancelled.
    func take(for time: Nanoseconds, frequency: Int) async throws(ProfileError) -> CPUProfile {
        let begun = Mutex<ProfileRun?>(nil)
        let result: Result<CPUProfile, ProfileError> = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<CPUProfile, ProfileError>, Never>) in
                do throws(ProfileError) {
                    let run = try begin(for: time, frequency: frequency) { continuation.resume(returning: $0) }
                    begun.withLock { $0 = run }
                    if Task.isCancelled { run.cancel() }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            begun.withLock { $0 }?.cancel()
        }
        return try result.get()
    }
}

extension Result {
    fileprivate init(_ body: () async throws(Failure) -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
