import StatsModel

extension JSONRecord {
    /// The object's bytes; nil where a number is not finite, which JSON cannot state.
    static func encode(
        _ event: StatEvent, key: MetricCatalog.Key, keys: Span<UInt8>, text: ByteRange, texts: Span<UInt8>
    ) -> [UInt8]? {
        guard event.value.isFinite, !key.name.isEmpty else { return nil }
        var output: [UInt8] = []
        output.append(contentsOf: "{\"name\":".utf8)
        quote(keys, key.name, into: &output)
        output.append(contentsOf: ",\"type\":\"\(key.type.name)\"".utf8)
        if key.type != .set, key.type != .event { output.append(contentsOf: ",\"value\":\(number(event.value))".utf8) }
        if !key.tags.isEmpty {
            output.append(contentsOf: ",\"tags\":[".utf8)
            var start = key.tags.range.lowerBound
            while start < key.tags.range.upperBound {
                let stop = keys.firstIndex(of: UInt8(ascii: ","), in: start..<key.tags.range.upperBound)
                if start > key.tags.range.lowerBound { output.append(UInt8(ascii: ",")) }
                quote(keys, ByteRange(start..<stop), into: &output)
                start = stop + 1
            }
            output.append(UInt8(ascii: "]"))
        }
        if event.rate != 1 { output.append(contentsOf: ",\"rate\":\(number(event.rate))".utf8) }
        output.append(contentsOf: ",\"timestamp\":\(event.timestamp)".utf8)
        if event.flags.contains(.gaugeDelta) { output.append(contentsOf: ",\"delta\":true".utf8) }
        if !key.extra.isEmpty {
            output.append(contentsOf: ",\"fields\":".utf8)
            quote(keys, key.extra, into: &output)
        }
        if key.type == .set || !text.isEmpty {
            output.append(contentsOf: (key.type == .set ? ",\"member\":" : ",\"text\":").utf8)
            quote(texts, text, into: &output)
        }
        output.append(UInt8(ascii: "}"))
        return output
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 && !(value == 0 && value.sign == .minus)
            ? String(Int64(value)) : String(value)
    }

    private static func quote(_ bytes: Span<UInt8>, _ range: ByteRange, into output: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        output.append(UInt8(ascii: "\""))
        for index in range.range {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(digits[Int(byte >> 4)])
                output.append(digits[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
