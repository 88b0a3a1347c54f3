import StatsModel
import StatsWire
import Testing

/// What a gauge's sign, the type `m`, an event's lengths and what stands behind a message mean to each dialect.
@Suite("Dialects of text") struct DialectTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let text: String
        /// Where nobody said it; as Datadog's; as plain StatsD.
        let open, datadog, statsd: [String]
        var testDescription: String { text.debugDescription }
    }

    private static func read(_ text: String, _ dialect: TextDialect?) -> (steps: [String], decoder: EventDecoder) {
        let bytes = Array(text.utf8)
        var decoder = EventDecoder()
        decoder.beginText(bytes.span, dialect: dialect)
        return (DecodedSteps.drain(&decoder, bytes), decoder)
    }

    @Test("each reads the same bytes by its own rules", arguments: [
        Row(text: "x:-5|g", open: ["gauge x -5.0 delta"], datadog: ["gauge x -5.0"], statsd: ["gauge x -5.0 delta"]),
        Row(text: "x:+5|g", open: ["gauge x 5.0 delta"], datadog: ["gauge x 5.0"], statsd: ["gauge x 5.0 delta"]),
        Row(text: "x:5|g", open: ["gauge x 5.0"], datadog: ["gauge x 5.0"], statsd: ["gauge x 5.0"]),
        Row(text: "x:-5|g|#a", open: ["gauge x -5.0 #a"], datadog: ["gauge x -5.0 #a"], statsd: ["gauge x -5.0 delta #a"]),
        Row(text: "x:-5|g|T7", open: ["gauge x -5.0 at 7000000000"], datadog: ["gauge x -5.0 at 7000000000"],
            statsd: ["gauge x -5.0 delta at 7000000000"]),
        Row(text: "x:-5|g|c:i", open: ["gauge x -5.0 |c:i"], datadog: ["gauge x -5.0 |c:i"], statsd: ["gauge x -5.0 delta |c:i"]),
        Row(text: "x:1:-2|g|#a", open: ["gauge x 1.0 #a", "gauge x -2.0 #a"], datadog: ["gauge x 1.0 #a", "gauge x -2.0 #a"],
            statsd: ["gauge x 1.0 #a", "gauge x -2.0 delta #a"]),
        Row(text: "h:1|h\nx:-5|g", open: ["histogram h 1.0", "gauge x -5.0"], datadog: ["histogram h 1.0", "gauge x -5.0"],
            statsd: ["histogram h 1.0", "gauge x -5.0 delta"]),
        Row(text: "x:-5|g\nh:1|d", open: ["gauge x -5.0 delta", "distribution h 1.0"], datadog: ["gauge x -5.0", "distribution h 1.0"],
            statsd: ["gauge x -5.0 delta", "distribution h 1.0"]),
        Row(text: "x:1|m", open: ["counter x 1.0"], datadog: ["! unknown_type: x:1|m"], statsd: ["counter x 1.0"]),
        Row(text: "x:1|m|#a", open: ["! unknown_type: x:1|m|#a"], datadog: ["! unknown_type: x:1|m|#a"], statsd: ["counter x 1.0 #a"]),
        Row(text: "x:1:2|m", open: ["counter x 1.0", "counter x 2.0"], datadog: ["! unknown_type: x:1:2|m"],
            statsd: ["counter x 1.0", "counter x 2.0"]),
        Row(text: "_e{4,5}:café|naïve|t:info", open: ["event caf\u{FFFD} \"|na\u{EF}\" |t:info"],
            datadog: ["event caf\u{FFFD} \"|na\u{EF}\" |t:info"],
            statsd: ["! bad_event_length: _e{4,5}:café|naïve|t:info"]),
        Row(text: "_sc|db|2|m:refused|#env:prod,db:a", open: ["service_check db 2.0 #env:prod,db:a \"refused\""],
            datadog: ["service_check db 2.0 #env:prod,db:a \"refused\""],
            statsd: ["service_check db 2.0 \"refused|#env:prod,db:a\""]),
    ])
    func rules(_ row: Row) {
        #expect(Self.read(row.text, nil).steps == row.open)
        #expect(Self.read(row.text, .dogstatsd).steps == row.datadog)
        #expect(Self.read(row.text, .statsd).steps == row.statsd)
    }

    @Test("a datagram says what its sender speaks, and whether that was needed before it was known", arguments: [
        ("x:1|c", []), ("x:1|c|@0.5", []), ("x:1|c|#a", [.datadog]), ("x:1|h", [.datadog]), ("x:1|d", [.datadog]), ("x:1|c|T5", [.datadog]),
        ("x:1|c|e:z", [.datadog]), ("x:1|c|card:low", [.datadog]), ("_e{1,1}:a|b", [.datadog]), ("_e{9,9}:a|b", [.datadog]),
        ("_sc|a|0", [.datadog]), ("x:-1|g", [.open]), ("x:-1|c", []), ("x:1|m", [.open]), ("x:-1|g|#a", [.datadog]),
        ("x:-1|g\nx:1|h", [.open, .datadog]), ("x:1|h\nx:-1|g", [.datadog]), ("x:1|c|zz", []),
    ] as [(String, DialectSigns)])
    func signs(text: String, signs: DialectSigns) {
        #expect(Self.read(text, nil).decoder.signs == signs)
        #expect(!Self.read(text, .statsd).decoder.signs.contains(.open) && !Self.read(text, .dogstatsd).decoder.signs.contains(.open))
    }

    @Test("what the dialect decides is counted")
    func counts() {
        let text = "x:-1:2:+3|g\ny:1|m\n_e{1,1}:aa|b\n_sc|a|0|m:x|#t\n_sc|a|0|m:x"
        let datadog = Self.read(text, .dogstatsd).decoder.dialectCounts
        #expect(datadog.signedLevels == 2 && datadog.signedChanges == 0 && datadog.metersRefused == 1 && datadog.metersCounted == 0)
        #expect(datadog.clippedEvents == 1 && datadog.fieldsBehindMessages == 1 && datadog.depending == 3)
        let statsd = Self.read(text, .statsd).decoder.dialectCounts
        #expect(statsd.signedLevels == 0 && statsd.signedChanges == 2 && statsd.metersCounted == 1 && statsd.metersRefused == 0)
        #expect(statsd.clippedEvents == 0 && statsd.fieldsBehindMessages == 0)
    }

    @Test("fields in any order and repeated are one identity, and the last of a kind counts", arguments: [
        TextRow("x:1|c|#a:1|c:ci-1|e:it-false", "counter x 1.0 #a:1 |c:ci-1|e:it-false"),
        TextRow("x:1|c|e:it-false|c:ci-1|#a:1", "counter x 1.0 #a:1 |c:ci-1|e:it-false (scratch)"),
        TextRow("x:1|c|#a:1|c:old|c:ci-1|e:it-false", "counter x 1.0 #a:1 |c:ci-1|e:it-false (scratch)"),
        TextRow("x:1|c|card:low|#t|card:high|e:y", "counter x 1.0 #t |e:y|card:high (scratch)"),
        TextRow("_e{1,1}:a|b|t:error|h:web|h:box", "event a \"b\" |h:box|t:error (scratch)"),
        TextRow("_sc|a|0|c:i|h:w", "service_check a 0.0 |h:w|c:i (scratch)"),
    ])
    func order(_ row: TextRow) { row.check() }
}
