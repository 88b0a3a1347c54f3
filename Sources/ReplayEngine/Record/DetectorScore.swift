/// What a detector found, held against what was injected, as sets.
package struct DetectorScore: Sendable, Equatable {
    package var injected: UInt64 = 0
    /// Injected and found.
    package var found: UInt64 = 0
    /// Injected, but nobody could know: beyond every number that any intact packet spoke of (a lost tail whose heartbeats
    /// and closing packets are lost too), or forgotten by a receiver that restarted. Of duplicates, those whose first copy a
    /// receiver had forgotten. 0 for checksums.
    package var unheard: UInt64 = 0
    /// Injected, but the receiver cannot tell: second copies that come so late that their number lies behind the receiver's
    /// window, and gaps among numbers that it passed over (a jump beyond the longest that it believes).
    package var undetectable: UInt64 = 0
    /// Found although nothing was injected there.
    package var falseAlarms: UInt64 = 0

    package init() {}

    /// Injected, knowable, and not found.
    package var missed: UInt64 { injected - found - unheard - undetectable }
    package var isPerfect: Bool { missed == 0 && falseAlarms == 0 }
}

extension DetectorScore: CustomStringConvertible {
    /// `7 injected, 7 found, 0 missed, 0 false`, and what nobody could know where there is any.
    package var description: String {
        var beyond = unheard > 0 ? ", \(unheard) unheard" : ""
        if undetectable > 0 { beyond += ", \(undetectable) undetectable" }
        return "\(injected) injected, \(found) found, \(missed) missed\(beyond), \(falseAlarms) false"
    }
}
