/// A position in JSON text. Each reading function moves it forward, and returns nil or false if the text is not valid JSON.
///
/// Work is bounded: nesting beyond 32 levels is refused, and every step consumes a byte.
struct JSONCursor {
    var position: Int
    let end: Int

    mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Skips blanks and takes `byte` if it comes next.
    mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        skipBlanks(bytes)
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Skips blanks and takes a word such as `true` if it comes next.
    mutating func take(_ word: StaticString, _ bytes: Span<UInt8>) -> Bool {
        skipBlanks(bytes)
        guard bytes.starts(with: word, in: position..<end) else { return false }
        position += word.utf8CodeUnitCount
        return true
    }

    /// The bytes of a number in JSON's grammar.
    mutating func number(_ bytes: Span<UInt8>) -> Range<Int>? {
        skipBlanks(bytes)
        let start = position
        if position < end, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let whole = digits(bytes)
        guard whole > 0, whole == 1 || bytes[position - whole] != UInt8(ascii: "0") else { return nil }
        if position < end, bytes[position] == UInt8(ascii: ".") {
            position += 1
            guard digits(bytes) > 0 else { return nil }
        }
        if position < end, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
            guard digits(bytes) > 0 else { return nil }
        }
        return start..<position
    }

    private mutating func digits(_ bytes: Span<UInt8>) -> Int {
        let start = position
        while position < end, bytes[position] &- 48 < 10 { position += 1 }
        return position - start
    }

    /// Appends a string to `output` with its escapes resolved. Lone surrogates and control characters are refused.
    mutating func string(_ bytes: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        guard take(UInt8(ascii: "\""), bytes) else { return false }
        while true {
            // Most strings are one run without escapes.
            let start = position
            while position < end, bytes[position].standsForItself { position &+= 1 }
            if position > start { output.append(bytes, start..<position) }
            guard position < end else { return false }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return true }
            guard byte == UInt8(ascii: "\\"), escape(bytes, into: &output) else { return false }
        }
    }

    private mutating func escape(_ bytes: Span<UInt8>, into output: inout [UInt8]) -> Bool {
        guard position < end else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            guard var code = hexadecimal(bytes) else { return false }
            if code & 0xFC00 == 0xD800 {
                guard position + 1 < end, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") else {
                    return false
                }
                position += 2
                guard let low = hexadecimal(bytes), low & 0xFC00 == 0xDC00 else { return false }
                code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { return false }
            output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: return false
        }
        return true
    }

    private mutating func hexadecimal(_ bytes: Span<UInt8>) -> UInt32? {
        guard end - position >= 4 else { return nil }
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 87)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 55)
            default: return nil
            }
        }
        return value
    }

    /// Skips a value of any kind.
    mutating func skipValue(_ bytes: Span<UInt8>, depth: Int = 0) -> Bool {
        guard depth < 32 else { return false }
        skipBlanks(bytes)
        guard position < end else { return false }
        switch bytes[position] {
        case UInt8(ascii: "{"): return skipMembers(bytes, close: UInt8(ascii: "}"), hasKeys: true, depth: depth)
        case UInt8(ascii: "["): return skipMembers(bytes, close: UInt8(ascii: "]"), hasKeys: false, depth: depth)
        case UInt8(ascii: "\""):
            var ignored: [UInt8] = []
            return string(bytes, into: &ignored)
        case UInt8(ascii: "t"): return take("true", bytes)
        case UInt8(ascii: "f"): return take("false", bytes)
        case UInt8(ascii: "n"): return take("null", bytes)
        default: return number(bytes) != nil
        }
    }

    private mutating func skipMembers(_ bytes: Span<UInt8>, close: UInt8, hasKeys: Bool, depth: Int) -> Bool {
        position += 1
        if take(close, bytes) { return true }
        var ignored: [UInt8] = []
        while true {
            if hasKeys { guard string(bytes, into: &ignored), take(UInt8(ascii: ":"), bytes) else { return false } }
            guard skipValue(bytes, depth: depth + 1) else { return false }
            if take(close, bytes) { return true }
            guard take(UInt8(ascii: ","), bytes) else { return false }
            ignored.removeAll(keepingCapacity: true)
        }
    }
}

extension UInt8 {
    /// Whether the byte needs no escape inside a JSON string: it is no quote, backslash or control character.
    @inline(__always)
    var standsForItself: Bool { self >= 0x20 && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\") }
}

extension Array<UInt8> {
    /// Appends `bytes[range]`. Traps if the range is outside the bytes. O(n).
    @inline(__always)
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a run outside its bytes")
        // The range lies inside the bytes: see the precondition above.
        unsafe bytes.withUnsafeBytes { raw in unsafe append(contentsOf: raw[range]) }
    }
}
