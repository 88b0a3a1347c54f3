import NetworkEmulator
import StatsModel
import StatsPipeline

/// The network between both ends: an emulator for packets, and an emulator with its own draws for acknowledgements on the return
/// path.
struct Link: ~Copyable {
    private var forward: NetworkEmulator
    private var back: NetworkEmulator
    /// The times at which the next packet arrives at the receiver, and the next acknowledgement at the client. nil if none is in
    /// flight.
    ///
    /// A time may be too early, but never too late. A poll that returns nil corrects it.
    private(set) var nextDelivery: Instant?
    private(set) var nextAnswer: Instant?

    init(_ scenario: Scenario) {
        forward = NetworkEmulator(impairments: scenario.impairments, seed: scenario.seed)
        back = NetworkEmulator(impairments: scenario.returnPath, seed: scenario.seed)
    }

    /// Takes a packet of the client. Returns the fate of its copies, which the receiver does not know.
    mutating func send(_ packet: Span<UInt8>, copy: Int, at time: Instant) -> Fate {
        let fate = forward.handle(packet, copy: copy, at: time)
        nextDelivery = forward.nextDeadline
        return fate
    }

    /// What the sender learns of a packet with this fate. A downstream that fails answers `.failed`.
    mutating func outcome(of fate: Fate) -> SendOutcome {
        if !fate.isSendFailed { return .sent }
        // With "don't fragment", the link refuses a packet for its length. This result does not mean that the receiver failed.
        let isLength = fate.rule.map { forward.impairments.rules[$0].kind == .mtu } ?? false
        return isLength ? .tooLong : .failed
    }

    /// The next packet that arrives by `time`. ``withDelivered(_:)`` gives its bytes until the next poll.
    mutating func pollDelivery(at time: Instant) -> Delivery? {
        if let delivery = forward.pollDelivery(at: time) { return delivery }
        nextDelivery = forward.nextDeadline
        return nil
    }

    mutating func withDelivered<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try forward.withDelivered(body)
    }

    /// Takes an acknowledgement of the receiver.
    mutating func sendBack(_ answer: Span<UInt8>, at time: Instant) -> Fate {
        let fate = back.handle(answer, at: time)
        nextAnswer = back.nextDeadline
        return fate
    }

    /// The next acknowledgement that arrives by `time`. ``withAnswer(_:)`` gives its bytes until the next poll.
    mutating func pollAnswer(at time: Instant) -> Delivery? {
        if let delivery = back.pollDelivery(at: time) { return delivery }
        nextAnswer = back.nextDeadline
        return nil
    }

    mutating func withAnswer<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try back.withDelivered(body)
    }

    /// Records that the sending process is a new one.
    mutating func handleClientRestart() { forward.handleClientRestart() }

    /// The effects of faults on packets, and on acknowledgements.
    var effects: FaultEffects { forward.effects }
    var returnEffects: FaultEffects { back.effects }
}
