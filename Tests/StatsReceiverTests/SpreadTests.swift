import StatsModel
import StatsWire
import TestSupport
import Testing

@testable import StatsReceiver

/// Packets that come later than the window reaches, and sessions that come back.
@Suite("packets beyond the window") struct SpreadTests {
    private static func configuration(_ change: (inout ReceiverConfiguration) -> Void = { _ in }) -> ReceiverConfiguration {
        var configuration = ReceiverConfiguration()
        configuration.window = 4096
        configuration.maximumJump = 5000
        configuration.listensFromStart = true
        change(&configuration)
        return configuration
    }

    private static func send(
        _ receiver: inout StatsReceiver, _ sequence: UInt64, session: UInt64 = 1, from source: UInt64 = 1, at now: Instant = .start
    ) -> ReceiveOutcome {
        let packet = TestPacket.make(.data, session: session, sequence: sequence, timestamp: sequence * 1000)
        return receiver.receive(packet.span, from: SourceID(source), at: now)
    }

    @Test("a row of second copies from behind the window is refused, and no restart")
    func copies() {
        var receiver = StatsReceiver(configuration: Self.configuration())
        for sequence in 1...9000 as ClosedRange<UInt64> { _ = Self.send(&receiver, sequence) }
        for sequence in 100...200 as ClosedRange<UInt64> {
            guard case .outOfRange = Self.send(&receiver, sequence) else {
                Issue.record("number \(sequence) is taken")
                return
            }
        }
        let session = receiver.sessions[0]
        #expect(session.unique == 9000 && session.outOfRange == 101 && session.restarts == 0 && session.lost == 0)
    }

    struct Stray: CustomTestStringConvertible, Sendable {
        let name: String
        let packets: [(sequence: UInt64, timestamp: UInt64)]
        let restarts: UInt64
        var testDescription: String { name }
    }

    /// After number 100 000 at time 100 000, with a window of 4096 and jumps of 5000.
    static let strays = [
        Stray(name: "two late ones", packets: [(7, 7), (8, 8)], restarts: 0),
        Stray(name: "two of the newest's time", packets: [(7, 100_000), (8, 100_000)], restarts: 0),
        Stray(name: "a sender that numbers anew", packets: [(1, 100_001), (2, 100_002)], restarts: 1),
        Stray(name: "only the second is later", packets: [(1, 100_000), (2, 100_002)], restarts: 0),
        Stray(name: "a late one between two ahead", packets: [(200_000, 3), (7, 7), (200_001, 3)], restarts: 1),
        Stray(name: "one in the window between", packets: [(200_000, 3), (99_000, 7), (200_001, 3)], restarts: 0),
        Stray(name: "two ahead, whatever their time", packets: [(200_000, 3), (200_001, 3)], restarts: 1),
    ]

    @Test("two in a row restart the numbering only where no packet accepted before can be meant", arguments: strays)
    func restart(_ row: Stray) {
        var tracker = SequenceTracker(
            source: SourceID(1), session: 1, base: 100_000, at: .start, configuration: Self.configuration())
        var reports = LossReports(limit: 100)
        _ = tracker.receive(100_000, timestamp: 100_000, at: .start, &reports)
        for packet in row.packets {
            _ = tracker.receive(packet.sequence, timestamp: packet.timestamp, at: .start, &reports)
        }
        #expect(tracker.restarts == row.restarts)
        #expect(tracker.lost &+ tracker.pending == tracker.expected &- tracker.unique)
    }

    @Test("a session that was closed and comes back goes on: what came before is refused, what was missing is lost once")
    func comesBack() {
        var receiver = StatsReceiver(configuration: Self.configuration { $0.gracePeriod = .zero })
        for sequence in [1, 2, 4, 5] as [UInt64] { _ = Self.send(&receiver, sequence) }
        // Another session of the same source, and the first one is over.
        _ = Self.send(&receiver, 1, session: 2)
        receiver.handleTimeout(at: .start)
        #expect(receiver.sessions[0].lost == 1)
        for sequence in [2, 3, 5] as [UInt64] {
            guard case .outOfRange = Self.send(&receiver, sequence) else {
                Issue.record("number \(sequence) is taken, although it may have come before")
                return
            }
        }
        guard case .accepted = Self.send(&receiver, 8) else {
            Issue.record("a new number is refused")
            return
        }
        receiver.finish(at: .start)
        let parts = receiver.sessions.filter { $0.session == 1 }
        #expect(parts.map(\.unique) == [4, 1] && parts.map(\.lost) == [1, 2])
        #expect(parts[1].first == 6 && parts[1].last == 8 && parts[1].unknown == 5)
    }

    @Test("over any spread nothing is accepted twice, and what is missing at the end is what was not accepted",
        arguments: 1...30 as ClosedRange<UInt64>)
    func nothingTwice(seed: UInt64) {
        var random = Draws(seed: seed)
        var receiver = StatsReceiver(configuration: Self.configuration { $0.maximumUnpolled = 1 << 20 })
        let count: UInt64 = 12_000
        let spread: UInt64 = 1 + random.below(12_000)
        // A packet's copies come at its number and a delay of their own.
        var arrivals: [(time: UInt64, sequence: UInt64)] = []
        for sequence in 1...count {
            if random.chance(percent: 3) { continue }
            for _ in 0..<(random.chance(percent: 30) ? 2 : 1) { arrivals.append((sequence + random.below(spread), sequence)) }
        }
        arrivals.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        var accepted: Set<UInt64> = []
        for (_, sequence) in arrivals {
            if case .accepted = Self.send(&receiver, sequence) {
                #expect(accepted.insert(sequence).inserted, "seed \(seed): \(sequence) twice")
            }
        }
        receiver.finish(at: .start)
        var lost: Set<UInt64> = []
        while let range = receiver.pollLost() { lost.formUnion(range.from...range.to) }
        while let range = receiver.pollRecovered() { lost.subtract(range.from...range.to) }
        let session = receiver.sessions[0]
        #expect(lost == Set(1...session.last).subtracting(accepted), "seed \(seed), spread \(spread)")
        #expect(session.restarts == 0 && session.unique == UInt64(accepted.count), "seed \(seed)")
        #expect(session.lost == UInt64(lost.count), "seed \(seed)")
    }

    @Test("strangers may restart a session with the greatest numbers as often as they like")
    func extremes() {
        var receiver = StatsReceiver(configuration: Self.configuration { $0.maximumJump = 1 << 40 })
        let top = SequenceTracker.maximumSequence
        var time: UInt64 = 0
        for round in 0..<40 as Range<UInt64> {
            for sequence in [top - 1, top, 1, 2, 1 << 40, top + 1, .max, 0, 1 << 61, (1 << 61) + 1] as [UInt64] {
                time = round % 7 == 6 ? .max : time &+ 1
                let packet = TestPacket.make(.data, sequence: sequence, timestamp: time)
                _ = receiver.receive(packet.span, from: SourceID(1), at: Instant(nanoseconds: round % 5 == 4 ? .max : round))
                let report = TestPacket.report(.heartbeat, sequence: sequence, timestamp: time, packets: .max)
                _ = receiver.receive(report.span, from: SourceID(1), at: .start)
                while receiver.pollLost() != nil {}
            }
        }
        receiver.finish(at: Instant(nanoseconds: .max))
        #expect(receiver.sessions[0].restarts > 10)
    }

    @Test("a configuration at its limits, and times at theirs, trap nowhere", arguments: [0, 1, 1 << 43, .max] as [Int64])
    func limits(length: Int64) {
        var answers = AcknowledgementConfiguration()
        answers.delay = Nanoseconds(length)
        answers.repeatInterval = Nanoseconds(max(1, length))
        answers.longestRepeatInterval = Nanoseconds(.max)
        let configuration = Self.configuration {
            $0.acknowledgement = answers
            $0.reorderLimit = Nanoseconds(length)
            $0.gracePeriod = Nanoseconds(length)
        }
        var receiver = StatsReceiver(configuration: configuration)
        var answered = 0
        for (step, time) in ([0, 1, 1 << 43, 5, 1 << 62, 1 << 63, .max - 1, .max, 0] as [UInt64]).enumerated() {
            let now = Instant(nanoseconds: time)
            for sequence in [1, 3, 9] as [UInt64] { _ = Self.send(&receiver, UInt64(step) * 10 + sequence, at: now) }
            _ = Self.send(&receiver, 1, session: UInt64(step) + 2, at: now)
            receiver.handleTimeout(at: now)
            for _ in 0..<100 where receiver.pollAcknowledgement(at: now) != nil { answered += 1 }
        }
        // Without any patience nothing is pending, and nothing to be said.
        #expect(answered > 0 || length == 0)
        #expect(receiver.sessions.count >= 10)
    }

    @Test("answers are numbered by the receiver: one epoch for each start, one counter for all sessions")
    func numbering() throws {
        var receiver = StatsReceiver(
            configuration: Self.configuration { $0.acknowledgement = AcknowledgementConfiguration() }, seed: 5)
        var numbers: [AnswerNumber] = []
        // The clock steps back an hour in between.
        for (step, time) in ([3600, 3601, 1, 2] as [Int64]).enumerated() {
            if step == 3 { receiver.restart(at: .start + .seconds(time)) }
            for session in [1, 2] as [UInt64] {
                for _ in 0..<2 {
                    _ = Self.send(&receiver, UInt64(step) + 1, session: session, from: session, at: .start + .seconds(time))
                }
            }
            while receiver.pollAcknowledgement(at: .start + .seconds(5000 + Int64(step))) != nil {
                let bytes = receiver.withAcknowledgement { span in (0..<span.count).map { span[$0] } }
                let answer = Acknowledgement(decoding: bytes.span, header: try PacketHeader(decoding: bytes.span))
                numbers.append(try #require(answer?.number))
            }
        }
        #expect(numbers.count == 8)
        #expect(Set(numbers.prefix(6).map(\.epoch)).count == 1 && numbers.prefix(6).map(\.counter) == [1, 2, 3, 4, 5, 6])
        #expect(numbers[6].epoch == numbers[7].epoch && numbers[6].epoch != numbers[0].epoch)
        #expect(numbers.suffix(2).map(\.counter) == [1, 2])
        var numbering = AnswerNumbering(seed: 5)
        let first = numbering.next()
        #expect(first == numbers[0], "equal seeds, equal epochs")
    }
}
