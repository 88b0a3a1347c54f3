/// How missing members follow from as many parities, once the members at hand are taken out of these: the inverse of
/// the factors' matrix.
public struct ParitySolution: Sendable {
    /// How many members are missing, and parities used: 1 to 8.
    public let count: Int
    /// The inverse in rows of eight.
    private var inverse = InlineArray<64, UInt8>(repeating: 0)

    /// Missing members are `sequences`, the parities used `parities`, as many of them; both 1 to 8. nil where two
    /// sequences share their factors, or two parities are one. O(count³).
    public init?(sequences: Span<UInt64>, parities: Span<Int>) {
        precondition(sequences.count == parities.count, "as many parities as missing members")
        precondition((1...ParityCode.maximumParities).contains(sequences.count), "one to eight members are missing")
        count = sequences.count
        var matrix = InlineArray<64, UInt8>(repeating: 0)
        for row in 0..<count {
            inverse[row * 8 + row] = 1
            for column in 0..<count {
                matrix[row * 8 + column] = ParityCode.factor(parity: parities[row], sequence: sequences[column])
            }
        }
        // Gauss and Jordan: what turns the matrix into the identity turns the identity into the inverse.
        for pivot in 0..<count {
            var from = pivot
            while from < count, matrix[from * 8 + pivot] == 0 { from += 1 }
            if from == count { return nil }
            if from != pivot {
                for column in 0..<count {
                    matrix.swapAt(from * 8 + column, pivot * 8 + column)
                    inverse.swapAt(from * 8 + column, pivot * 8 + column)
                }
            }
            let scale = GaloisField.quotient(1, matrix[pivot * 8 + pivot])
            for column in 0..<count {
                matrix[pivot * 8 + column] = GaloisField.product(matrix[pivot * 8 + column], scale)
                inverse[pivot * 8 + column] = GaloisField.product(inverse[pivot * 8 + column], scale)
            }
            for row in 0..<count where row != pivot {
                let factor = matrix[row * 8 + pivot]
                if factor == 0 { continue }
                for column in 0..<count {
                    matrix[row * 8 + column] ^= GaloisField.product(factor, matrix[pivot * 8 + column])
                    inverse[row * 8 + column] ^= GaloisField.product(factor, inverse[pivot * 8 + column])
                }
            }
        }
    }

    /// What the parity in `place` of those used is multiplied by in the sum that is the missing member. O(1).
    public func factor(of place: Int, forMissing member: Int) -> UInt8 {
        precondition((0..<count).contains(place) && (0..<count).contains(member), "a factor of the solution")
        return inverse[member * 8 + place]
    }
}
