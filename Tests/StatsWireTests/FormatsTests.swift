import Foundation
import StatsModel
import StatsWire
import Testing

/// `Sources/FORMATS.md` says what the code does.
struct FormatsTests {
    static let page: String? = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try? String(contentsOf: root.appendingPathComponent("Sources/FORMATS.md"), encoding: .utf8)
    }()

    /// The lines between a fence of that kind and its end.
    static func block(_ kind: String) throws -> [Substring] {
        let lines = try #require(page).split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex(of: "```\(kind)"))
        return Array(lines[(start + 1)...].prefix { $0 != "```" })
    }

    @Test("the worked example is what the encoder makes, to the byte")
    func example() throws {
        var bytes: [UInt8] = []
        for line in try Self.block("hex") {
            // The bytes end where two blanks stand; a remark follows.
            let digits = line.prefix(upTo: try #require(line.range(of: "  ")).lowerBound)
            for byte in digits.split(separator: " ") { bytes.append(try #require(UInt8(byte, radix: 16))) }
        }
        var counter = SampleEvent(.counter, "http.requests", 3)
        counter.tags = Array("env:prod".utf8)
        counter.rate = (0.5).bitPattern
        counter.timestamp = Packets.time - 1000
        var set = SampleEvent(.set, "users")
        set.text = Array("ann".utf8)
        set.extra = Array("c:ci-1".utf8)
        set.timestamp = Packets.time + 250
        set.flags = .explicitTimestamp
        var builder = PacketBuilder(maximumSize: 1472, codec: .binary)
        builder.begin(timestamp: UInt64(Packets.time))
        #expect(counter.append(to: &builder) == .appended && set.append(to: &builder) == .appended)
        #expect(Packets.seal(&builder, sequence: 42) == bytes)
        #expect(bytes.count == 111)
        #expect(try Packets.events(bytes).events == [counter, set])
    }

    @Test("the JSON example is read, and written but for its default")
    func json() throws {
        let payload = try Self.block("json").joined(separator: "\n")
        let packet = Packets.packet(payload: Array(payload.utf8), .json, eventCount: 1)
        let events = try Packets.events(packet).events
        let ours = try #require(Packets.packet(events, .json))
        #expect(String(decoding: ours[40...], as: UTF8.self) == payload.replacing("\"rate\":1,", with: ""))
    }

    @Test("every reason a record or packet may be refused for stands on the page, or is one of text")
    func reasons() throws {
        let page = try #require(Self.page)
        let ofText: Set<MalformedReason> = [
            .missingColon, .emptyValue, .missingType, .badEventHeader, .badEventLength, .emptyTitle, .emptyCheckName,
        ]
        for reason in MalformedReason.allCases where !ofText.contains(reason) { #expect(page.contains("`\(reason.name)`")) }
        #expect(Set(MalformedReason.allCases.map(\.name)).count == MalformedReason.allCases.count)
    }
}
