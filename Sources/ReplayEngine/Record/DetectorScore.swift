/// The findings of a detector compared with the injected faults, as sets.
package struct DetectorScore: Sendable, Equatable {
    package var injected: UInt64 = 0
    /// Faults that were injected and found.
    package var found: UInt64 = 0
    /// Injected faults without any trace at the receiver. Examples are a lost tail whose heartbeats and closing packets are lost
    /// too, and numbers that a receiver forgot when it restarted. For duplicates: the receiver had forgotten the first copy. 0
    /// for checksums.
    package var undetectable: UInt64 = 0
    /// Injected faults that the receiver cannot distinguish: second copies that arrive after their number left the receiver's
    /// window, and gaps within a jump that is longer than the receiver accepts.
    package var outsideWindow: UInt64 = 0
    /// Findings without an injected fault.
    package var falseAlarms: UInt64 = 0

    package init() {}

    /// Injected faults that should have been found, but were not.
    package var missed: UInt64 { injected - found - undetectable - outsideWindow }
    package var isPerfect: Bool { missed == 0 && falseAlarms == 0 }
}

extension DetectorScore: CustomStringConvertible {
    /// The score in words: `7 injected, 7 found, 0 missed, 0 false`, and the undetectable faults if there are any.
    package var description: String {
        var beyond = undetectable > 0 ? ", \(undetectable) undetectable" : ""
        if outsideWindow > 0 { beyond += ", \(outsideWindow) outside the window" }
        return "\(injected) injected, \(found) found, \(missed) missed\(beyond), \(falseAlarms) false"
    }
}
