import StatsModel
import Testing

@testable import StatsMetrics

struct MetricKeyTests {
    @Test(
        "a label becomes a name that every StatsD dialect reads alike",
        arguments: [
            ("http.requests", "http.requests"), ("com.example/App-1", "com.example_App-1"), ("", "_"),
            ("a:1|c|@0.1|#x", "a_1_c__0.1__x"), ("two words\n", "two_words_"), ("grüße", "gr__e"), ("🦊", "_"),
            ("\u{0}\u{7F}", "__"), ("{}[]()", "______"), ("e\u{301}", "e_"),
        ])
    func names(label: String, name: String) {
        #expect(MetricKey.name(label) == name)
    }

    @Test(
        "a tag's value keeps everything but what would end it",
        arguments: [
            ("GET", "GET"), ("/users/:id", "/users/:id"), ("a,b|c", "a_b_c"), ("line\r\nend", "line__end"), ("", ""),
            ("grüße 🦊", "grüße 🦊"), ("\u{85}\u{2028}\u{7F}", "___"), ("#1", "#1"),
        ])
    func values(value: String, clean: String) {
        #expect(MetricKey.tagValue(value) == clean)
    }

    @Test("a key given twice has its last value, and a key keeps no colon")
    func dimensions() {
        let key = MetricKey(label: "x", dimensions: [("a", "1"), ("b:c", "2"), ("a", "3")])
        #expect(key.tags == ["a": "3", "b_c": "2"])
    }

    @Test("tag values that Unicode calls equal are two, as they are on the wire")
    func equivalents() {
        let (one, two) = ("\u{E9}", "e\u{301}")
        #expect(one == two && MetricKey(label: "x", dimensions: [("a", one)]) != MetricKey(label: "x", dimensions: [("a", two)]))
        #expect(MetricKey(label: "x", dimensions: [("a", one)]) == MetricKey(label: "x", dimensions: [("a", "\u{E9}")]))
    }

    @Test("nothing that any label is made of reaches the wire's own characters", arguments: 0..<20 as Range<UInt64>)
    func property(seed: UInt64) {
        let random = KeyedRandom(seed: seed)
        var label = String.UnicodeScalarView()
        for index in 0..<200 as Range<UInt64> {
            // Half of them ASCII.
            let limit: UInt64 = random.draw(rule: 1, flow: 0, sequence: index) & 1 == 0 ? 128 : 0x11_0000
            let number = random.draw(rule: 2, flow: 0, sequence: index) % limit
            if let scalar = Unicode.Scalar(UInt32(number)) { label.append(scalar) }
        }
        let name = MetricKey.name(String(label))
        #expect(name.unicodeScalars.count == label.count, "seed \(seed)")
        #expect(
            name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }, "seed \(seed)")
        let value = MetricKey.tagValue(String(label))
        #expect(!value.unicodeScalars.contains { $0 == "," || $0 == "|" || $0.value < 32 }, "seed \(seed)")
    }
}
