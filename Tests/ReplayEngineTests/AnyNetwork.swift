import NetworkEmulator
import StatsModel

/// A network that does some of everything, by draws of the rules `first` to `first + 6`: a rule and a bound give a number below
/// the bound.
func anyNetwork(_ draw: (UInt64, UInt64) -> UInt64, from first: UInt64, loss: UInt64) -> Impairments {
    var network = Impairments()
    network.loss = Ratio(draw(first, loss), outOf: 100)
    network.duplicate = Ratio(draw(first + 1, 20), outOf: 100)
    network.corrupt = Ratio(draw(first + 2, 20), outOf: 100)
    network.reorder = Ratio(draw(first + 3, 30), outOf: 100)
    network.reorderHold = .milliseconds(Int64(1 + draw(first + 4, 300)))
    network.delay = .milliseconds(Int64(draw(first + 5, 60)))
    network.jitter = .milliseconds(Int64(draw(first + 6, 60)))
    return network
}
