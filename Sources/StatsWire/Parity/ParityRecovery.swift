/// Works out a group's missing members from its parities and the members at hand. Memory is fixed when it is made.
///
/// In this order: ``begin()``, ``add(coded:parity:)`` for as many parities as members are missing, ``add(member:sequence:)``
/// for every member at hand, ``solve(missing:)``, and then ``withRecovered(_:_:)``. Nothing is believed here: bytes that
/// contradict each other give bytes without sense, which the recovered packet's own checksum has to find out.
public struct ParityRecovery: ~Copyable {
    /// Rows 0 to 7 are the parities used, less the members at hand; rows 8 to 15 the missing members.
    private var rows: ParityRows
    private var parities = InlineArray<8, Int>(repeating: 0)
    /// How many parities were taken.
    public private(set) var parityCount = 0
    private var solved = 0

    /// - Parameter maximumSize: bytes of a parity packet at most; 88 to 65507, else traps
    public init(maximumSize: Int) {
        rows = ParityRows(rowCount: 2 * ParityCode.maximumParities, maximumSize: maximumSize)
    }

    /// Forgets what came before.
    public mutating func begin() {
        for row in 0..<parityCount { rows.clear(row) }
        parityCount = 0
        solved = 0
    }

    /// Takes the coded bytes of a parity packet. Traps beyond eight, or where they are longer than the maximum size
    /// allows. O(n).
    public mutating func add(coded: Span<UInt8>, parity: Int) {
        precondition(parityCount < ParityCode.maximumParities, "a group has eight parities at most")
        rows.mix(coded: coded, times: 1, into: parityCount)
        parities[parityCount] = parity
        parityCount += 1
    }

    /// Takes a member at hand out of the parities. Traps where it is too long. O(parities · n).
    public mutating func add(member: Span<UInt8>, sequence: UInt64) {
        for row in 0..<parityCount {
            rows.mix(datagram: member, times: ParityCode.factor(parity: parities[row], sequence: sequence), into: row)
        }
    }

    /// Works out the missing members; false where they do not follow from the parities taken. Traps unless there are as
    /// many parities as missing members. O(missing² · n).
    public mutating func solve(missing: Span<UInt64>) -> Bool {
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

    /// The missing member's datagram, in the order they were named in; nil where what came out cannot be one: its length
    /// does not fit, or bytes behind it are not zero. Traps where it was not solved. O(n).
    public borrowing func withRecovered<Result: ~Copyable, Failure: Error>(
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
