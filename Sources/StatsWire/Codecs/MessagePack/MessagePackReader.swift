import StatsModel

/// Reads MessagePack values one after the other. It accepts any bytes, and returns nil if they do not hold the requested kind of
/// value.
struct MessagePackReader {
    var position: Int
    let end: Int

    init(position: Int, end: Int) {
        self.position = position
        self.end = end
    }

    private mutating func take(_ count: Int) -> Int? {
        guard count <= end - position else { return nil }
        position += count
        return position - count
    }

    private mutating func big<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: Span<UInt8>, as type: Number.Type
    ) -> Number? {
        take(MemoryLayout<Number>.size).map { bytes.little($0, as: type).byteSwapped }
    }

    /// The number of elements of the array that begins here.
    mutating func array(_ bytes: Span<UInt8>) -> Int? {
        guard let first = big(bytes, as: UInt8.self) else { return nil }
        switch first {
        case 0x90...0x9F: return Int(first & 0x0F)
        case 0xDC: return big(bytes, as: UInt16.self).map(Int.init)
        case 0xDD: return big(bytes, as: UInt32.self).map(Int.init)
        default: return nil
        }
    }

    /// The number of entries of the map that begins here.
    mutating func map(_ bytes: Span<UInt8>) -> Int? {
        guard let first = big(bytes, as: UInt8.self) else { return nil }
        switch first {
        case 0x80...0x8F: return Int(first & 0x0F)
        case 0xDE: return big(bytes, as: UInt16.self).map(Int.init)
        case 0xDF: return big(bytes, as: UInt32.self).map(Int.init)
        default: return nil
        }
    }

    /// The range of the string (or binary) that begins here. For a value of another kind it returns nil and does not move.
    mutating func string(_ bytes: Span<UInt8>) -> Range<Int>? {
        let start = position
        guard let first = big(bytes, as: UInt8.self) else { return nil }
        let count: Int? =
            switch first {
            case 0xA0...0xBF: Int(first & 0x1F)
            case 0xD9, 0xC4: big(bytes, as: UInt8.self).map(Int.init)
            case 0xDA, 0xC5: big(bytes, as: UInt16.self).map(Int.init)
            case 0xDB, 0xC6: big(bytes, as: UInt32.self).map(Int.init)
            default: nil
            }
        guard let count, let offset = take(count) else {
            position = start
            return nil
        }
        return offset..<offset + count
    }

    /// A whole number that fits 64 bits with a sign, or a larger one. For a value of another kind the reader returns nil and does
    /// not move.
    enum Integer {
        case fits(Int64)
        case tooLarge
    }

    mutating func integer(_ bytes: Span<UInt8>) -> Integer? {
        let start = position
        guard let first = big(bytes, as: UInt8.self) else { return nil }
        let number: Int64?
        switch first {
        case 0x00...0x7F: number = Int64(first)
        case 0xE0...0xFF: number = Int64(Int8(bitPattern: first))
        case 0xCC: number = big(bytes, as: UInt8.self).map(Int64.init)
        case 0xCD: number = big(bytes, as: UInt16.self).map(Int64.init)
        case 0xCE: number = big(bytes, as: UInt32.self).map(Int64.init)
        case 0xCF:
            guard let large = big(bytes, as: UInt64.self) else { return back(to: start) }
            guard let fitting = Int64(exactly: large) else { return .tooLarge }
            number = fitting
        case 0xD0: number = big(bytes, as: Int8.self).map(Int64.init)
        case 0xD1: number = big(bytes, as: Int16.self).map(Int64.init)
        case 0xD2: number = big(bytes, as: Int32.self).map(Int64.init)
        case 0xD3: number = big(bytes, as: Int64.self)
        default: number = nil
        }
        guard let number else { return back(to: start) }
        return .fits(number)
    }

    private mutating func back(to start: Int) -> Integer? {
        position = start
        return nil
    }

    /// Any number as a `Double`. For a value of another kind it returns nil and does not move.
    mutating func number(_ bytes: Span<UInt8>) -> Double? {
        let start = position
        if let whole = integer(bytes) {
            switch whole {
            case .fits(let number): return Double(number)
            case .tooLarge: return Double(bytes.little(position - 8, as: UInt64.self).byteSwapped)
            }
        }
        guard let first = big(bytes, as: UInt8.self) else { return nil }
        switch first {
        case 0xCA: if let bits = big(bytes, as: UInt32.self) { return Double(Float(bitPattern: bits)) }
        case 0xCB: if let bits = big(bytes, as: UInt64.self) { return Double(bitPattern: bits) }
        default: break
        }
        position = start
        return nil
    }

    /// `true` or `false`. For a value of another kind it returns nil and does not move.
    mutating func bool(_ bytes: Span<UInt8>) -> Bool? {
        guard position < end, bytes[position] == 0xC2 || bytes[position] == 0xC3 else { return nil }
        position += 1
        return bytes[position - 1] == 0xC3
    }

    /// Skips one value of any kind with everything in it. False if it is cut or is not MessagePack. O(its bytes), without
    /// recursion: it counts the values that are left.
    mutating func skip(_ bytes: Span<UInt8>) -> Bool {
        var left = 1
        while left > 0 {
            left -= 1
            guard let first = big(bytes, as: UInt8.self) else { return false }
            var count = 0
            switch first {
            case 0x00...0x7F, 0xE0...0xFF, 0xC0, 0xC2, 0xC3: break
            case 0x80...0x8F: left += 2 * Int(first & 0x0F)
            case 0x90...0x9F: left += Int(first & 0x0F)
            case 0xA0...0xBF: count = Int(first & 0x1F)
            case 0xCC, 0xD0: count = 1
            case 0xCD, 0xD1: count = 2
            case 0xCA, 0xCE, 0xD2: count = 4
            case 0xCB, 0xCF, 0xD3: count = 8
            case 0xD4...0xD8: count = 1 + 1 << Int(first - 0xD4)
            case 0xC4, 0xD9: count = big(bytes, as: UInt8.self).map(Int.init) ?? .max
            case 0xC5, 0xDA: count = big(bytes, as: UInt16.self).map(Int.init) ?? .max
            case 0xC6, 0xDB: count = big(bytes, as: UInt32.self).map(Int.init) ?? .max
            case 0xC7: count = big(bytes, as: UInt8.self).map { Int($0) + 1 } ?? .max
            case 0xC8: count = big(bytes, as: UInt16.self).map { Int($0) + 1 } ?? .max
            case 0xC9: count = big(bytes, as: UInt32.self).map { Int($0) + 1 } ?? .max
            case 0xDC: left += big(bytes, as: UInt16.self).map(Int.init) ?? end
            case 0xDD: left += big(bytes, as: UInt32.self).map(Int.init) ?? end
            case 0xDE: left += 2 * (big(bytes, as: UInt16.self).map(Int.init) ?? end)
            case 0xDF: left += 2 * (big(bytes, as: UInt32.self).map(Int.init) ?? end)
            default: return false
            }
            // Each value that is left takes at least one byte, so a count beyond the remaining bytes is refused here.
            guard take(count) != nil, left <= end - position else { return false }
        }
        return true
    }
}
