import Foundation

/// Reads the symbol table of a 64-bit little-endian ELF file. Inconsistent data gives no names.
///
/// Source: the System V ABI, chapters "Object Files" and "Symbol Table".
enum ELFSymbols {
    private static let symbolTable: UInt32 = 2
    private static let function: UInt8 = 2
    private static let indirectFunction: UInt8 = 10

    /// The functions that contain these addresses of the file, by address. If several contain one, the first in the table
    /// counts.
    ///
    /// - Parameter addresses: ascending
    static func names(in path: String, of addresses: [UInt]) -> [UInt: String] {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return [:] }
        return names(in: data.span, of: addresses)
    }

    static func names(in bytes: Span<UInt8>, of addresses: [UInt]) -> [UInt: String] {
        // 0x7F "ELF", 64 bits, little-endian.
        guard bytes.word(at: 0) == 0x464C_457F, bytes.byte(at: 4) == 2, bytes.byte(at: 5) == 1,
            let sections = bytes.long(at: 40), let entrySize = bytes.half(at: 58), entrySize >= 64,
            let count = bytes.half(at: 60)
        else { return [:] }
        for number in 0..<Int(count) {
            let header = sections + number * Int(entrySize)
            guard bytes.word(at: header + 4) == symbolTable else { continue }
            guard let start = bytes.long(at: header + 24), let size = bytes.long(at: header + 32),
                let link = bytes.word(at: header + 40), link < count
            else { return [:] }
            let strings = sections + Int(link) * Int(entrySize)
            guard let texts = bytes.long(at: strings + 24), let textSize = bytes.long(at: strings + 32),
                start <= bytes.count - size, texts <= bytes.count - textSize
            else { return [:] }
            return names(of: addresses, symbols: start..<start + size, texts: texts..<texts + textSize, bytes)
        }
        return [:]
    }

    /// Symbols take 24 bytes: name (4), information (1), other (1), section (2), address (8), size (8).
    private static func names(
        of addresses: [UInt], symbols: Range<Int>, texts: Range<Int>, _ bytes: Span<UInt8>
    ) -> [UInt: String] {
        var found: [UInt: String] = [:]
        for symbol in stride(from: symbols.lowerBound, through: symbols.upperBound - 24, by: 24) {
            guard let kind = bytes.byte(at: symbol + 4), kind & 15 == function || kind & 15 == indirectFunction,
                let value = bytes.long(at: symbol + 8), let size = bytes.long(at: symbol + 16), size > 0
            else { continue }
            let first = UInt(value)
            let (end, overflows) = first.addingReportingOverflow(UInt(size))
            if overflows { continue }
            // The first address that is not lower.
            var (low, high) = (0, addresses.count)
            while low < high {
                let middle = (low + high) / 2
                if addresses[middle] < first { low = middle + 1 } else { high = middle }
            }
            while low < addresses.count, addresses[low] < end {
                if found[addresses[low]] == nil, let offset = bytes.word(at: symbol) {
                    found[addresses[low]] = bytes.string(at: texts.lowerBound + Int(offset), before: texts.upperBound)
                }
                low += 1
            }
        }
        return found
    }
}

/// Little-endian numbers at offsets; nil outside the bytes.
extension Span<UInt8> {
    fileprivate func byte(at offset: Int) -> UInt8? { indices.contains(offset) ? self[offset] : nil }

    private func number(_ size: Int, at offset: Int) -> UInt64? {
        guard offset >= 0, offset <= count - size else { return nil }
        var value: UInt64 = 0
        for index in stride(from: size - 1, through: 0, by: -1) { value = value << 8 | UInt64(self[offset + index]) }
        return value
    }

    fileprivate func half(at offset: Int) -> UInt16? { number(2, at: offset).map { UInt16($0) } }
    fileprivate func word(at offset: Int) -> UInt32? { number(4, at: offset).map { UInt32($0) } }
    /// Also nil for a number that is larger than any offset can be.
    fileprivate func long(at offset: Int) -> Int? {
        number(8, at: offset).flatMap { $0 < 1 << 56 ? Int($0) : nil }
    }

    fileprivate func string(at offset: Int, before end: Int) -> String? {
        var text: [UInt8] = []
        var position = offset
        while position < end, let byte = byte(at: position), byte != 0 {
            text.append(byte)
            position += 1
        }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }
}
