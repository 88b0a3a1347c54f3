import StatsModel

/// One loss rule as a machine: a chain that steps along the numbers of the data packets.
///
/// The state at a number is a function of seed, rule, session and number alone. The chain walks to it from the start of the
/// number's block of 4096, and each block begins with the long-run distribution. So any number is reached in bounded time, and
/// the next number in order costs one step. Other packets (retransmissions and heartbeats) start at the state after the highest
/// number so far and continue on a branch of their own. They see the current burst, and change nothing for the packets that
/// follow.
struct LossRule: Sendable {
    /// Numbers in a block; each block starts the chain afresh.
    static let blockSize: UInt64 = 4096
    /// Sessions whose position is remembered. A further session replaces the oldest.
    static let sessions = 4

    /// Keys of the chain's draws, beside the rule's own number.
    enum Draw: UInt64 {
        /// Used for netem's independent loss, with one draw a packet, and for each step of a chain.
        case step = 1
        case start = 16
        case emission = 17
        case branch = 18
    }

    private struct Walk: Sendable {
        var session: UInt64
        var number: UInt64
        var state: UInt8
        var extras: UInt64 = 0
        var extraState: UInt8 = 0
    }

    private let model: LossModel
    private let chain: MarkovChain
    private let random: KeyedRandom
    private let index: UInt64
    private var walks: [Walk] = []
    private var nextWalk = 0

    init(_ model: LossModel, index: Int, random: KeyedRandom) {
        precondition(model.isPossible, "the transitions of a loss model add up to at most 100 %")
        self.model = model
        self.random = random
        self.index = UInt64(index)
        chain = MarkovChain(model)
    }

    private func code(_ draw: Draw, _ packet: PacketIdentity) -> UInt64 {
        packet.ruleKey(draw.rawValue, index: index)
    }

    private func chainCode(_ draw: Draw) -> UInt64 { draw.rawValue | index << 24 }

    /// Whether one of the packet's fragments is lost. O(fragments), plus one step for chains.
    mutating func isLost(_ packet: PacketIdentity, fragments: Int) -> Bool {
        if case .random(let rate, let correlation) = model, correlation.isZero {
            // The first fragment uses the packet's own draw. Each further fragment has its own draw.
            if rate.isZero { return false }
            for fragment in 0..<UInt64(fragments) {
                let draw = random.draw(
                    rule: code(.step, packet), flow: packet.session, sequence: packet.key,
                    copy: packet.copyKey(0) | fragment << 48)
                if rate.accepts(draw) { return true }
            }
            return false
        }
        let state = packet.isFirstSending ? advance(packet.session, to: packet.sequence) : branch(packet.session)
        for fragment in 0..<UInt64(fragments) {
            let isLost = chain.isLost(
                in: state,
                random.draw(
                    rule: code(.emission, packet), flow: packet.session, sequence: packet.key,
                    copy: packet.copyKey(0) | fragment << 48))
            if isLost { return true }
        }
        return false
    }

    private func stepDraw(_ session: UInt64, _ number: UInt64) -> UInt64 {
        random.draw(rule: chainCode(.step), flow: session, sequence: number)
    }

    /// Moves the chain to this number and returns its state.
    private mutating func advance(_ session: UInt64, to number: UInt64) -> UInt8 {
        let place = place(of: session)
        let walk = walks[place]
        var state = walk.state
        var from = walk.number
        let block = number - number % Self.blockSize
        if from < block || from > number {
            from = block
            state = chain.start(random.draw(rule: chainCode(.start), flow: session, sequence: block))
        }
        while from < number {
            from += 1
            state = chain.step(state, stepDraw(session, from))
        }
        walks[place] = Walk(session: session, number: number, state: state, extraState: state)
        return state
    }

    /// The state for a packet without a number of its own: it follows the session's highest number.
    private mutating func branch(_ session: UInt64) -> UInt8 {
        let place = place(of: session)
        let walk = walks[place]
        let draw = random.draw(
            rule: chainCode(.branch), flow: session, sequence: walk.number, copy: walk.extras)
        walks[place].extras += 1
        walks[place].extraState = chain.step(walk.extraState, draw)
        return walks[place].extraState
    }

    private mutating func place(of session: UInt64) -> Int {
        for index in walks.indices where walks[index].session == session { return index }
        let state = chain.start(random.draw(rule: chainCode(.start), flow: session, sequence: 0))
        let walk = Walk(session: session, number: 0, state: state, extraState: state)
        if walks.count < Self.sessions {
            walks.append(walk)
            return walks.count - 1
        }
        let place = nextWalk
        nextWalk = (nextWalk + 1) % Self.sessions
        walks[place] = walk
        return place
    }
}
