import StatsModel
import StatsReceiver
import StatsWire
import Testing
import TestSupport

@testable import StatsPipeline

@Suite("acknowledgements in the receiver's own order") struct AnswerOrderTests {
    @Test("in each epoch the highest counter wins, and the last four epochs are remembered")
    func table() {
        var order = AnswerOrder()
        // epoch, counter, whether it is newer
        let steps: [(UInt32, UInt32, Bool)] = [
            (9, 5, true), (9, 4, false), (9, 5, false), (9, 6, true),
            // A receiver that was restarted, or another one, whatever its numbers.
            (2, 1, true), (9, 6, false), (9, 7, true), (2, 1, false), (2, .max, true), (2, .max, false),
            (9, 0, false), (3, 0, false),
            // Four are remembered: 4, 3, 2, 9.
            (3, 1, true), (4, 1, true), (9, 7, false), (2, 9, false), (3, 1, false),
            // A fifth one: the last answer of 9 is the oldest.
            (5, 1, true), (2, 9, false), (9, 7, true), (2, 9, true),
        ]
        for (index, step) in steps.enumerated() {
            let isNew = order.admit(AnswerNumber(epoch: step.0, counter: step.1))
            #expect(isNew == step.2, "step \(index)")
        }
    }

    @Test("a receiver that starts again, or one that takes over, repairs on, whatever clock it has",
        arguments: 1...10 as ClosedRange<UInt64>)
    func takesOver(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var draws: UInt64 = 0
        var pair = RetransmissionTests.Pair({ $0.batchSize = 2 }) { _, _ in
            draws += 1
            return random.chance(Ratio(30, outOf: 100), rule: 1, flow: 0, sequence: draws)
        }
        for step in 0..<300 as Range<UInt64> {
            if step % 60 == 30 {
                // As a process: it knows nothing. Its epoch is another one.
                pair.receiver.restart(at: pair.now)
            }
            pair.record(step % 4 == 0 ? Offer(.event, "deploy", text: "now") : Offer(.counter, "c", value: 1))
            _ = pair.run(to: .milliseconds(step * 5))
        }
        pair.client.close(at: pair.now)
        let isDone = pair.run(to: pair.now + .seconds(60))
        #expect(isDone && pair.client.isClosed == true, "seed \(seed)")
        #expect(pair.client.repairCounts.unconfirmed == 0, "seed \(seed)")
    }

    @Test("answers that are replayed or come late undo nothing: packets acknowledged since are not retransmitted")
    func replay() {
        func asking(_ counter: UInt32, epoch: UInt32 = 1) -> [UInt8] {
            LyingPeerTests.answer(missing: [1...3], highest: 3, AnswerNumber(epoch: epoch, counter: counter))
        }
        var victim = LyingPeerTests.Victim()
        for number in 0..<3 { victim.record(Offer(.counter, "c", value: Double(number))) }
        victim.turn()
        let all = LyingPeerTests.answer(floor: 3, highest: 3, AnswerNumber(epoch: 1, counter: 9))
        victim.client.handleAcknowledgement(asking(8).span, at: victim.now)
        victim.turn()
        #expect(victim.client.repairCounts.packets == 3)
        victim.client.handleAcknowledgement(all.span, at: victim.now)
        for counter in 1...9 as ClosedRange<UInt32> {
            victim.now = victim.now + .milliseconds(100)
            victim.client.handleAcknowledgement(asking(counter).span, at: victim.now)
            victim.turn()
        }
        #expect(victim.client.repairCounts.packets == 3 && victim.client.repairCounts.unanswerable == 0)
    }
}
