import StatsModel
import StatsWire
import Testing

/// The JSON payload as any program may write it.
struct EventDecoderJSONTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let payload: String
        let eventCount: Int
        let steps: [String]

        init(_ payload: String, count: Int = 1, _ steps: String...) {
            self.payload = payload
            eventCount = count
            self.steps = steps
        }

        var testDescription: String { payload }

        func check() throws {
            let packet = Packets.packet(payload: Array(payload.utf8), .json, eventCount: eventCount)
            #expect(try DecodedSteps.ofPacket(packet) == steps)
        }
    }

    @Test("absent keys mean the default", arguments: [
        Row(#"[{"name":"x","type":"counter"}]"#, "counter x 1.0 (scratch)"),
        Row(#"[{"name":"x","type":"gauge"}]"#, "gauge x 0.0 (scratch)"),
        Row(#"[{"name":"x","type":"timing"}]"#, "timing x 0.0 (scratch)"),
        Row(#"[{"name":"x","type":"histogram"}]"#, "histogram x 0.0 (scratch)"),
        Row(#"[{"name":"x","type":"distribution"}]"#, "distribution x 0.0 (scratch)"),
        Row(#"[{"name":"x","type":"set","member":""}]"#, "set x (scratch)"),
        Row(#"[{"name":"x","type":"event"}]"#, "event x (scratch)"),
        Row(#"[{"name":"x","type":"service_check"}]"#, "service_check x 0.0 (scratch)"),
        Row(#"[]"#, count: 0),
        Row(" [ ] \n", count: 0),
    ])
    func defaults(_ row: Row) throws { try row.check() }

    @Test("every key, in any order, between any blanks", arguments: [
        Row(#"[{"name":"http.requests","type":"counter","value":1,"tags":["env:prod"],"rate":1,"timestamp":1700000000000000000}]"#,
            "counter http.requests 1.0 #env:prod at 1700000000000000000 (scratch)"),
        Row(" [ {\n\"type\" : \"gauge\" ,\t\"delta\":true,\r\"value\":-2.5e1,\"name\":\"x\"} ] ", "gauge x -25.0 delta (scratch)"),
        Row(#"[{"name":"x","type":"gauge","value":1,"delta":false}]"#, "gauge x 1.0 (scratch)"),
        Row(#"[{"name":"x","type":"counter","delta":true}]"#, "counter x 1.0 (scratch)"),
        Row(#"[{"name":"x","type":"timing","value":3,"rate":0.25}]"#, "timing x 3.0 @0.25 (scratch)"),
        Row(#"[{"name":"x","type":"set","member":"a,b","value":7}]"#, "set x \"a,b\" (scratch)"),
        Row(#"[{"name":"x","type":"event","text":"a\nb","fields":"t:error|h:w"}]"#, "event x \"a\nb\" |t:error|h:w (scratch)"),
        Row(#"[{"name":"x","type":"service_check","value":2,"text":"m"}]"#, "service_check x 2.0 \"m\" (scratch)"),
        Row(#"[{"name":"x","type":"counter","tags":[]}]"#, "counter x 1.0 (scratch)"),
        Row(#"[{"name":"x","type":"counter","tags":["","a",""]}]"#, "counter x 1.0 #,a, (scratch)"),
        Row(#"[{"name":"x","type":"counter","timestamp":-5}]"#, "counter x 1.0 at -5 (scratch)"),
        Row(#"[{"name":"a","type":"counter"},{"name":"b","type":"counter"}]"#, count: 2,
            "counter a 1.0 (scratch)", "counter b 1.0 (scratch)"),
        Row(#"[{"name":"a","name":"b","type":"gauge","type":"counter"}]"#, "counter b 1.0 (scratch)"),
        Row(#"[{"name":"x","unit":"s","type":"counter","deep":{"a":[1,{"b":null}],"c":true},"list":[[],{}]}]"#,
            "counter x 1.0 (scratch)"),
    ])
    func keys(_ row: Row) throws { try row.check() }

    @Test("escapes of strings", arguments: [
        Row(#"[{"name":"\u0061\"\\\/\u00fc\ud83e\udd8a","type":"counter"}]"#, "counter a\"\\/ü🦊 1.0 (scratch)"),
        Row(#"[{"name":"\b\f\n\r\t","type":"counter"}]"#, "counter \u{8}\u{C}\n\r\t 1.0 (scratch)"),
        Row(#"[{"n\u0061me":"x","type":"counter"}]"#, "counter x 1.0 (scratch)"),
        Row(#"[{"name":"\ud83e","type":"counter"}]"#, #"! bad_json: [{"name":"\ud83e","type":"counter"}]"#),
        Row(#"[{"name":"\udd8a","type":"counter"}]"#, #"! bad_json: [{"name":"\udd8a","type":"counter"}]"#),
        Row(#"[{"name":"\x41"}]"#, #"! bad_json: [{"name":"\x41"}]"#),
        Row(#"[{"name":"\u00g1"}]"#, #"! bad_json: [{"name":"\u00g1"}]"#),
        Row("[{\"name\":\"a\nb\"}]", "! bad_json: [{\"name\":\"a\nb\"}]"),
    ])
    func strings(_ row: Row) throws { try row.check() }

    @Test("a record that says something impossible is refused, and the next one is read", arguments: [
        (#"{"type":"counter"}"#, MalformedReason.missingKey),
        (#"{"name":"x"}"#, .missingKey),
        (#"{}"#, .missingKey),
        (#"{"name":"x","type":"set"}"#, .missingKey),
        (#"{"name":"","type":"counter"}"#, .emptyName),
        (#"{"name":"x","type":"count"}"#, .unknownType),
        (#"{"name":"x","type":"counter","type":""}"#, .unknownType),
        (#"{"name":"x","type":5}"#, .badRecord),
        (#"{"name":["x"],"type":"counter"}"#, .badRecord),
        (#"{"name":"x","type":"counter","value":"1"}"#, .badValue),
        (#"{"name":"x","type":"counter","value":null}"#, .badValue),
        (#"{"name":"x","type":"counter","value":1e999}"#, .badValue),
        (#"{"name":"x","type":"counter","rate":0}"#, .badRate),
        (#"{"name":"x","type":"counter","rate":1.01}"#, .badRate),
        (#"{"name":"x","type":"counter","rate":-1}"#, .badRate),
        (#"{"name":"x","type":"counter","rate":true}"#, .badRate),
        (#"{"name":"x","type":"counter","timestamp":1.5}"#, .badTimestamp),
        (#"{"name":"x","type":"counter","timestamp":9223372036854775808}"#, .badTimestamp),
        (#"{"name":"x","type":"counter","timestamp":"now"}"#, .badTimestamp),
        (#"{"name":"x","type":"counter","tags":"a"}"#, .badRecord),
        (#"{"name":"x","type":"counter","tags":[1]}"#, .badRecord),
        (#"{"name":"x","type":"counter","tags":["a,b"]}"#, .badRecord),
        (#"{"name":"x","type":"gauge","delta":1}"#, .badRecord),
        (#"{"name":"x","type":"gauge","count":0}"#, .badRecord),
        (#"{"name":"x","type":"gauge","count":1.5}"#, .badRecord),
        (#"{"name":"x","type":"gauge","count":16777216}"#, .badRecord),
        (#"{"name":"x","type":"event","text":"a","count":2}"#, .badRecord),
        (#"{"name":"x","type":"event","text":1}"#, .badRecord),
        (#"{"name":"x","type":"service_check","value":4}"#, .badCheckStatus),
        (#"{"name":"x","type":"service_check","value":0.5}"#, .badCheckStatus),
    ])
    func impossible(_ record: String, _ reason: MalformedReason) throws {
        let payload = #"[\#(record),{"name":"y","type":"counter"}]"#
        let packet = Packets.packet(payload: Array(payload.utf8), .json, eventCount: 2)
        #expect(try DecodedSteps.ofPacket(packet) == ["! \(reason.name): \(record)", "counter y 1.0 (scratch)"])
    }

    @Test("text that is no JSON ends the payload", arguments: [
        "", " ", "{}", "[", "[}", "[{]", #"[{"name"}]"#, #"[{"name":}]"#, #"[{"name":"x",}]"#, "[1]", "[[]]",
        #"[{"value":01}]"#, #"[{"value":1.}]"#, #"[{"value":.5}]"#, #"[{"value":1e}]"#, #"[{"value":+1}]"#, #"[{"value":-}]"#,
        #"[{"q":tru}]"#, #"[{"q":nul}]"#, #"[{"q":"}]"#, #"[{"q":[1,]}]"#, #"[{"q":{"a"}}]"#, #"[{"tags":["a"}]"#, "[{'q':1}]",
        #"[{"timestamp":--1}]"#, #"[{"timestamp":1.-5}]"#, #"[{"value":1e"x"}]"#, #"[{"rate":-{}}]"#,
        String(repeating: "[", count: 1000), #"[{"q":"# + String(repeating: "[", count: 200),
        #"[{"q":"# + String(repeating: #"{"a":"#, count: 200), "null", "[null]",
    ])
    func noJSON(_ payload: String) throws {
        let packet = Packets.packet(payload: Array(payload.utf8), .json, eventCount: 1)
        #expect(try DecodedSteps.ofPacket(packet) == ["! bad_json: \(payload)"])
    }

    @Test("what stands in front of the fault counts", arguments: [
        Row(#"[{"name":"x","type":"counter"}"#, "counter x 1.0 (scratch)", "! bad_json: "),
        Row(#"[{"name":"x","type":"counter"};"#, "counter x 1.0 (scratch)", "! bad_json: ;"),
        Row(#"[{"name":"x","type":"counter"}] x"#, "counter x 1.0 (scratch)", "! bad_json: ] x"),
        Row(#"[{"name":"x","type":"counter"},]"#, count: 2, "counter x 1.0 (scratch)", "! bad_json: ,]"),
        Row(#"[{"name":"x","type":"counter"}]"#, count: 2, "counter x 1.0 (scratch)", "! count_mismatch: ]"),
        Row(#"[{"name":"x","type":"counter"},{"name":"y","type":"counter"}]"#, count: 1, "counter x 1.0 (scratch)",
            #"! count_mismatch: ,{"name":"y","type":"counter"}]"#),
        Row(#"[{"name":"x","type":"counter"}]"#, count: 0, #"! count_mismatch: [{"name":"x","type":"counter"}]"#),
        Row("[]", count: 1, "! count_mismatch: []"),
        Row("[{}", "! missing_key: {}", "! bad_json: "),
        Row("[{}}", "! missing_key: {}", "! bad_json: }"),
    ])
    func faults(_ row: Row) throws { try row.check() }
}
