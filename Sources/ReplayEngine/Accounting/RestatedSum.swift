/// What running totals restored of one metric, over all lives of the receiver.
struct RestatedSum {
    var label = ""
    var count: UInt64 = 0
    var value = 0.0
}
