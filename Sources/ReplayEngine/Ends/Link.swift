import NetworkEmulator
import StatsModel
import StatsPipeline

/// The network between both ends: one emulator for packets, one with draws of its own for the answers on the return path.
struct Link: ~Copyable {
    private var forward: NetworkEmulator
    private var back: NetworkEmulator
    /// When the next packet arrives at the receiver, and the next answer at the client; nil: nothing is in flight.
    ///
    /// Never later than the truth: a poll that answers nil corrects them.
    private(set) var nextDelivery: Instant?
    private(set) var nextAnswer: Instant?

    init(_ scenario: Scenario) {
        forward = NetworkEmulator(impairments: scenario.impairments, seed: scenario.seed)
        back = NetworkEmulator(impairments: scenario.returnPath, seed: scenario.seed)
    }

    /// Takes a packet of the client. What it answers is the truth about the packet's copies.
    mutating func send(_ packet: Span<UInt8>, copy: Int, at time: Instant) -> Fate {
        let fate = forward.handle(packet, copy: copy, at: time)
        nextDelivery = forward.nextDeadline
        return fate
    }

    /// What the sender learns of a packet with this fate. A downstream that fails answers `.failed`.
    borrowing func outcome(of fate: Fate) -> SendOutcome {
        if !fate.isSendFailed { return .sent }
        // With "don't fragment" set the link refuses the length, and says nothing of the receiver.
        let isLength = fate.rule.map { forward.impairments.rules[$0].kind == .mtu } ?? false
        return isLength ? .tooLong : .failed
    }

    /// The next packet that arrives by `time`, readable through ``withDelivered(_:)`` until the next poll.
    mutating func pollDelivery(at time: Instant) -> Delivery? {
        if let delivery = forward.pollDelivery(at: time) { return delivery }
        nextDelivery = forward.nextDeadline
        return nil
    }

    borrowing func withDelivered<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try forward.withDelivered(body)
    }

    /// Takes an answer of the receiver.
    mutating func sendBack(_ answer: Span<UInt8>, at time: Instant) -> Fate {
        let fate = back.handle(answer, at: time)
        nextAnswer = back.nextDeadline
        return fate
    }

    /// The next answer that arrives by `time`, readable through ``withAnswer(_:)`` until the next poll.
    mutating func pollAnswer(at time: Instant) -> Delivery? {
        if let delivery = back.pollDelivery(at: time) { return delivery }
        nextAnswer = back.nextDeadline
        return nil
    }

    borrowing func withAnswer<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try back.withDelivered(body)
    }

    /// Whoever sends is a new process now.
    mutating func handleClientRestart() { forward.handleClientRestart() }

    /// What happened to packets, and to answers.
    var effects: FaultEffects { forward.effects }
    var returnEffects: FaultEffects { back.effects }
}
