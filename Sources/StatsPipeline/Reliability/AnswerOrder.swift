import StatsWire

/// Decides which acknowledgements are newer than those before, by the receiver's own numbers: in each epoch the highest counter
/// wins. The last four epochs are remembered. The one whose last acknowledgement is oldest is forgotten first.
///
/// A receiver that restarts, or another receiver that takes over, begins a new epoch. Two receivers that share a session's
/// packets do not disturb each other, since each has its own epoch. Memory is fixed. O(1).
struct AnswerOrder: Sendable {
    static let epochLimit = 4

    /// The remembered epochs, latest first. A counter of 0 marks a free place.
    private var epochs = InlineArray<4, AnswerNumber>(repeating: AnswerNumber(epoch: 0, counter: 0))

    /// Returns whether the acknowledgement is new. It is then the newest of its epoch.
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
