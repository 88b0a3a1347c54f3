import StatsWire

/// Which acknowledgements are newer than those heard before, by the receiver's own numbers: in each epoch the highest counter
/// wins. Of the epochs the last four are remembered, those that were heard longest ago are forgotten first.
///
/// A receiver that was restarted, or another one that took over, begins a new epoch; the answers of two that share the work
/// do not disturb each other. Memory is fixed; O(1).
struct AnswerOrder: Sendable {
    static let epochLimit = 4

    /// The one heard last stands first; a counter of 0 is none.
    private var epochs = InlineArray<4, AnswerNumber>(repeating: AnswerNumber(epoch: 0, counter: 0))

    /// Whether the answer is newer than those of its epoch before; then it is the newest.
    mutating func admit(_ number: AnswerNumber) -> Bool {
        if number.counter == 0 { return false }
        var place = Self.epochLimit - 1
        for index in 0..<Self.epochLimit where epochs[index].counter > 0 && epochs[index].epoch == number.epoch {
            if number.counter <= epochs[index].counter { return false }
            place = index
        }
        while place > 0 {
            epochs[place] = epochs[place - 1]
            place -= 1
        }
        epochs[0] = number
        return true
    }
}
