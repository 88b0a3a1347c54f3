/// Computes missing members from as many parities, after the members that arrived were taken out of them. It holds the inverse of
/// the matrix of factors.
package struct ParitySolution: Sendable {
    /// The number of missing members, and of parities used: 1 to 8.
    package let count: Int
    /// The inverse matrix in rows of eight.
    private var inverse = InlineArray<64, UInt8>(repeating: 0)

    /// Inverts the matrix for the missing members `sequences` and the parities `parities`, 1 to 8 each and equally many. nil if
    /// two sequences have the same factors, or if a parity occurs twice. O(count³).
    package init?(sequences: Span<UInt64>, parities: Span<Int>) {
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
        // Gauss-Jordan elimination: the steps that turn the matrix into the identity turn the identity into the inverse.
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

    /// The factor of a parity in the sum that gives a missing member. `place` is the parity's index in `parities`. O(1).
    package func factor(of place: Int, forMissing member: Int) -> UInt8 {
        precondition((0..<count).contains(place) && (0..<count).contains(member), "a factor of the solution")
        return inverse[member * 8 + place]
    }
}
