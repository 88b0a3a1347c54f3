/// Recovers a group's missing members from its parities and the members that arrived. All memory is allocated at creation.
///
/// Call in this order: ``begin()``, ``add(coded:parity:)`` for as many parities as there are missing members,
/// ``add(member:sequence:)`` for every member that arrived, ``solve(missing:)``, and then ``withRecovered(_:_:)``. The input is
/// not verified. Inconsistent input gives meaningless bytes, which the recovered packet's own checksum has to detect.
package struct ParityRecovery: ~Copyable {
    /// Rows 0 to 7 hold the parities, with the members that arrived taken out. Rows 8 to 15 hold the missing members.
    private var rows: ParityRows
    private var parities = InlineArray<8, Int>(repeating: 0)
    /// The number of parities that were added.
    package private(set) var parityCount = 0
    private var solved = 0

    /// - Parameter maximumSize: the largest parity packet in bytes; traps outside 88...65507
    package init(maximumSize: Int) {
        rows = ParityRows(rowCount: 2 * ParityCode.maximumParities, maximumSize: maximumSize)
    }

    /// Begins a new group.
    package mutating func begin() {
        for row in 0..<parityCount { rows.clear(row) }
        parityCount = 0
        solved = 0
    }

    /// Adds the coded bytes of a parity packet. Traps after eight parities, and if the bytes are longer than the maximum size
    /// allows. O(n).
    package mutating func add(coded: Span<UInt8>, parity: Int) {
        precondition(parityCount < ParityCode.maximumParities, "a group has eight parities at most")
        rows.mix(coded: coded, times: 1, into: parityCount)
        parities[parityCount] = parity
        parityCount += 1
    }

    /// Takes a member that arrived out of the parities. Traps if it is too long. O(parities · n).
    package mutating func add(member: Span<UInt8>, sequence: UInt64) {
        for row in 0..<parityCount {
            rows.mix(datagram: member, times: ParityCode.factor(parity: parities[row], sequence: sequence), into: row)
        }
    }

    /// Recovers the missing members. False if the parities do not determine them. Traps unless there are as many parities as
    /// missing members. O(missing² · n).
    package mutating func solve(missing: Span<UInt64>) -> Bool {
        precondition(missing.count == parityCount, "as many parities as missing members")
        guard parityCount > 0,
            let solution = ParitySolution(sequences: missing, parities: parities.span.extracting(0..<parityCount))
        else { return false }
        for member in 0..<missing.count {
            let row = ParityCode.maximumParities + member
            rows.clear(row)
            for place in 0..<parityCount {
                rows.mix(row: place, times: solution.factor(of: place, forMissing: member), into: row)
            }
        }
        solved = missing.count
        return true
    }

    /// The datagram of a missing member, by its index in the argument of ``solve(missing:)``. nil if the recovered bytes cannot
    /// be a datagram: the length does not fit, or the bytes after it are not zero. Traps if it was not solved. O(n).
    package borrowing func withRecovered<Result: ~Copyable, Failure: Error>(
        _ member: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        precondition((0..<solved).contains(member), "a member that was solved")
        return try rows.withCoded(ParityCode.maximumParities + member) { coded throws(Failure) in
            guard coded.count >= 2 else { return nil }
            let end = 2 + Int(coded.little(0, as: UInt16.self))
            guard end <= coded.count else { return nil }
            for index in end..<coded.count where coded[index] != 0 { return nil }
            return try body(coded.extracting(2..<end))
        }
    }
}
