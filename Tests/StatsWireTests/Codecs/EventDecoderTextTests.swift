import StatsModel
import StatsWire
import Testing
import TestSupport

/// Metrics as the Datadog agent reads them.
struct EventDecoderTextTests {
    @Test("the type matches exactly", arguments: [
        TextRow("x:1|c", "counter x 1.0"),
        TextRow("x:1|g", "gauge x 1.0"),
        TextRow("x:1|ms", "timing x 1.0"),
        TextRow("x:1|h", "histogram x 1.0"),
        TextRow("x:1|d", "distribution x 1.0"),
        TextRow("x:1|s", "set x \"1\""),
        TextRow("x:1|m", "counter x 1.0"),
        TextRow("x:1|C", "! unknown_type: x:1|C"),
        TextRow("x:1|cc", "! unknown_type: x:1|cc"),
        TextRow("x:1|msx", "! unknown_type: x:1|msx"),
        TextRow("x:1|mx", "! unknown_type: x:1|mx"),
        TextRow("x:1| c", "! unknown_type: x:1| c"),
        TextRow("x:1|c ", "! unknown_type: x:1|c "),
        TextRow("x:1|", "! missing_type: x:1|"),
        TextRow("x:1||@0.5", "! missing_type: x:1||@0.5"),
        TextRow("x:1", "! missing_type: x:1"),
    ])
    func types(_ row: TextRow) { row.check() }

    @Test("name and value are not empty, and the colon stands in front of the first bar", arguments: [
        TextRow(":1|c", "! empty_name: :1|c"),
        TextRow(":|", "! empty_name: :|"),
        TextRow("x:|c", "! empty_value: x:|c"),
        TextRow("x:", "! empty_value: x:"),
        TextRow("x::|c", "! empty_value: x::|c"),
        TextRow("x:::|g", "! empty_value: x:::|g"),
        TextRow("x:|s", "! empty_value: x:|s"),
        TextRow("x", "! missing_colon: x"),
        TextRow("x|c", "! missing_colon: x|c"),
        TextRow("x|c:1", "! missing_colon: x|c:1"),
        TextRow("x|c:3|g", "! missing_colon: x|c:3|g"),
        TextRow("|", "! missing_colon: |"),
        TextRow(" ", "! missing_colon:  "),
        TextRow(" a name/with-all_that.ü :1|c", "counter  a name/with-all_that.ü  1.0"),
        TextRow("_x:1|c", "counter _x 1.0"),
        TextRow("_scx:1|c", "counter _scx 1.0"),
        TextRow("_e:1|c", "counter _e 1.0"),
    ])
    func namesAndValues(_ row: TextRow) { row.check() }

    @Test("values are decimal numbers", arguments: [
        TextRow("x:0|c", "counter x 0.0"),
        TextRow("x:-0|c", "counter x -0.0"),
        TextRow("x:+3|c", "counter x 3.0"),
        TextRow("x:-3.25|c", "counter x -3.25"),
        TextRow("x:.5|c", "counter x 0.5"),
        TextRow("x:5.|c", "counter x 5.0"),
        TextRow("x:1e3|c", "counter x 1000.0"),
        TextRow("x:1E-3|c", "counter x 0.001"),
        TextRow("x:1e+3|c", "counter x 1000.0"),
        TextRow("x:9007199254740993|c", "counter x 9007199254740992.0"),
        TextRow("x:0.1|c", "counter x 0.1"),
        TextRow("x:123456789012345678901234567890|c", "counter x 1.2345678901234568e+29"),
        TextRow("x:1.7976931348623157e308|c", "counter x 1.7976931348623157e+308"),
        TextRow("x:5e-324|c", "counter x 5e-324"),
        TextRow("x:1e-400|c", "counter x 0.0"),
        TextRow("x:1e400|c", "! bad_value: x:1e400|c"),
        TextRow("x:nan|c", "! bad_value: x:nan|c"),
        TextRow("x:Infinity|c", "! bad_value: x:Infinity|c"),
        TextRow("x:0x10|c", "! bad_value: x:0x10|c"),
        TextRow("x:1_000|c", "! bad_value: x:1_000|c"),
        TextRow("x:1,5|c", "! bad_value: x:1,5|c"),
        TextRow("x: 1|c", "! bad_value: x: 1|c"),
        TextRow("x:1 |c", "! bad_value: x:1 |c"),
        TextRow("x:1.2.3|c", "! bad_value: x:1.2.3|c"),
        TextRow("x:.|c", "! bad_value: x:.|c"),
        TextRow("x:-|c", "! bad_value: x:-|c"),
        TextRow("x:+-1|c", "! bad_value: x:+-1|c"),
        TextRow("x:1e|c", "! bad_value: x:1e|c"),
        TextRow("x:1e+|c", "! bad_value: x:1e+|c"),
        TextRow("x:e5|c", "! bad_value: x:e5|c"),
        TextRow("x:one|c", "! bad_value: x:one|c"),
    ])
    func numbers(_ row: TextRow) { row.check() }

    @Test("where nothing is Datadog's, a gauge with a sign is a change; other types only have signs", arguments: [
        TextRow("x:+4|g", "gauge x 4.0 delta"),
        TextRow("x:-4|g", "gauge x -4.0 delta"),
        TextRow("x:4|g", "gauge x 4.0"),
        TextRow("x:-0|g", "gauge x -0.0 delta"),
        TextRow("x:-4|h", "histogram x -4.0"),
        TextRow("x:1:+2:-3:4|g", "gauge x 1.0", "gauge x 2.0 delta", "gauge x -3.0 delta", "gauge x 4.0"),
        TextRow("x:+1:2|g", "gauge x 1.0 delta", "gauge x 2.0"),
        TextRow("x:-1|m", "counter x -1.0"),
    ])
    func signs(_ row: TextRow) { row.check() }

    @Test("one line holds several values, and is refused whole", arguments: [
        TextRow("x:1:2:3|c", "counter x 1.0", "counter x 2.0", "counter x 3.0"),
        TextRow("x:21::22|d", "distribution x 21.0", "distribution x 22.0"),
        TextRow("x::21|d", "distribution x 21.0"),
        TextRow("x:21:|d", "distribution x 21.0"),
        TextRow("x:::21:::|d", "distribution x 21.0"),
        TextRow("x:1:2|h|@0.5|#a:b", "histogram x 1.0 @0.5 #a:b", "histogram x 2.0 @0.5 #a:b"),
        TextRow("x:1:2|c|T9\ny:3|c", "counter x 1.0 at 9000000000", "counter x 2.0 at 9000000000", "counter y 3.0"),
        TextRow("x:1:two:3|c\ny:1|c", "! bad_value: x:1:two:3|c", "counter y 1.0"),
        TextRow("x:1:2:three|ms", "! bad_value: x:1:2:three|ms"),
        TextRow("x:a:1|ms", "! bad_value: x:a:1|ms"),
        TextRow("x:1:2|c|@0", "! bad_rate: x:1:2|c|@0"),
        TextRow("x:1:2|zz", "! unknown_type: x:1:2|zz"),
    ])
    func severalValues(_ row: TextRow) { row.check() }

    @Test("a set's member is all that stands in front of the bar", arguments: [
        TextRow("x:user-17|s", "set x \"user-17\""),
        TextRow("x:a:b::c|s", "set x \"a:b::c\""),
        TextRow("x::|s", "set x \":\""),
        TextRow("x:+1|s|#a", "set x #a \"+1\""),
        TextRow("x:\\n|s", "set x \"\\n\""),
        TextRow("x:ü|s|@0.5", "set x @0.5 \"ü\""),
    ])
    func sets(_ row: TextRow) { row.check() }

    @Test("Etsy's packs: each part has its own type and rate, and a faulty part ends its line", arguments: [
        TextRow("n:3|ms:6|ms:4|ms", "timing n 3.0", "timing n 6.0", "timing n 4.0"),
        TextRow("n:3|c:6|g", "counter n 3.0", "gauge n 6.0"),
        TextRow("n:3|c|@0.1:6|c\nm:1|c", "counter n 3.0 @0.1", "counter n 6.0", "counter m 1.0"),
        TextRow("n:a|s:b|s:1|c", "set n \"a\"", "set n \"b\"", "counter n 1.0"),
        TextRow("n:1:2|c:3|c", "counter n 1.0", "counter n 2.0", "counter n 3.0"),
        TextRow("n:+1|g:-2|g", "gauge n 1.0 delta", "gauge n -2.0 delta"),
        TextRow("n:3|ms:6|ms|#a:b", "timing n 3.0", "timing n 6.0 #a:b"),
        TextRow("n:3|ms:x|ms:4|ms\nm:1|c", "timing n 3.0", "! bad_value: n:3|ms:x|ms:4|ms", "counter m 1.0"),
        TextRow("n:3|ms:6|zz:4|ms\nm:1|c", "timing n 3.0", "! unknown_type: n:3|ms:6|zz:4|ms", "counter m 1.0"),
        TextRow("n:3|ms:6", "timing n 3.0", "! missing_type: n:3|ms:6"),
        TextRow("n:3|ms:", "timing n 3.0", "! empty_value: n:3|ms:"),
        TextRow("n:3|:4|c", "! missing_type: n:3|:4|c"),
        TextRow("n:3|c|@2:4|c", "! bad_rate: n:3|c|@2:4|c"),
        TextRow("n:3|c|c:i|@0.5:4|c", "counter n 3.0 @0.5 |c:i", "counter n 4.0"),
    ])
    func packs(_ row: TextRow) { row.check() }

    @Test("a rate lies in (0, 1], or the line is refused", arguments: [
        TextRow("x:1|c|@0.1", "counter x 1.0 @0.1"),
        TextRow("x:1|g|@0.5", "gauge x 1.0 @0.5"),
        TextRow("x:1|c|@1", "counter x 1.0"),
        TextRow("x:1|c|@1e-3", "counter x 1.0 @0.001"),
        TextRow("x:1|c|@0.1|@0.2", "counter x 1.0 @0.2"),
        TextRow("x:1|c|@", "! bad_rate: x:1|c|@"),
        TextRow("x:1|c|@0", "! bad_rate: x:1|c|@0"),
        TextRow("x:1|c|@-0.5", "! bad_rate: x:1|c|@-0.5"),
        TextRow("x:1|c|@1.1", "! bad_rate: x:1|c|@1.1"),
        TextRow("x:1|c|@half", "! bad_rate: x:1|c|@half"),
        TextRow("x:1|c|@nan", "! bad_rate: x:1|c|@nan"),
        TextRow("x:1|c|#a|@x", "! bad_rate: x:1|c|#a|@x"),
        TextRow("x:1|c|@0.1:", "counter x 1.0 @0.1", "! empty_value: x:1|c|@0.1:"),
    ])
    func rates(_ row: TextRow) { row.check() }

    @Test("fields come in any order; unknown and empty ones are ignored", arguments: [
        TextRow("x:1|c|@0.5|#a,b:c", "counter x 1.0 @0.5 #a,b:c"),
        TextRow("x:1|c|#a,b:c|@0.5", "counter x 1.0 @0.5 #a,b:c"),
        TextRow("x:1|c|T17|#a|c:i|@0.5", "counter x 1.0 @0.5 #a at 17000000000 |c:i"),
        TextRow("x:1|c|#", "counter x 1.0"),
        TextRow("x:1|c|#a|#b", "counter x 1.0 #b"),
        TextRow("x:1|c|#b,,a,", "counter x 1.0 #b,,a,"),
        TextRow("x:1|c|", "counter x 1.0"),
        TextRow("x:1|c||||#a||", "counter x 1.0 #a"),
        TextRow("x:1|c|zz|q:1|#a|future", "counter x 1.0 #a"),
        TextRow("x:1|c|#a|b", "counter x 1.0 #a"),
        TextRow("x:1|c|card", "counter x 1.0"),
        TextRow("x:1|c|ci-1", "counter x 1.0"),
    ])
    func fields(_ row: TextRow) { row.check() }

    @Test("a timestamp counts for counters and gauges, elsewhere it is an unknown field", arguments: [
        TextRow("x:1|c|T1700000000", "counter x 1.0 at 1700000000000000000"),
        TextRow("x:1|g|T1700000000", "gauge x 1.0 at 1700000000000000000"),
        TextRow("x:1|h|T1700000000", "histogram x 1.0"),
        TextRow("x:1|ms|Tx", "timing x 1.0"),
        TextRow("x:1|s|T1", "set x \"1\""),
        TextRow("x:1|c|T+17", "counter x 1.0 at 17000000000"),
        TextRow("x:1|c|T0", "! bad_timestamp: x:1|c|T0"),
        TextRow("x:1|c|T-1", "! bad_timestamp: x:1|c|T-1"),
        TextRow("x:1|c|T", "! bad_timestamp: x:1|c|T"),
        TextRow("x:1|c|T1.5", "! bad_timestamp: x:1|c|T1.5"),
        TextRow("x:1|g|Tnow", "! bad_timestamp: x:1|g|Tnow"),
        TextRow("x:1|c|T8999999999", "counter x 1.0 at 8999999999000000000"),
        TextRow("x:1|c|T9000000000", "! bad_timestamp: x:1|c|T9000000000"),
        TextRow("x:1|c|T99999999999999999999", "! bad_timestamp: x:1|c|T99999999999999999999"),
    ])
    func timestamps(_ row: TextRow) { row.check() }

    @Test("origin fields are kept as they stand; apart from each other they are joined in the scratch", arguments: [
        TextRow("x:1|c|c:ci-abc", "counter x 1.0 |c:ci-abc"),
        TextRow("x:1|c|e:it-false,cn-web", "counter x 1.0 |e:it-false,cn-web"),
        TextRow("x:1|c|card:low", "counter x 1.0 |card:low"),
        TextRow("x:1|c|c:a|e:b|card:high", "counter x 1.0 |c:a|e:b|card:high"),
        TextRow("x:1|c|c:a|#t|e:b", "counter x 1.0 #t |c:a|e:b (scratch)"),
        TextRow("x:1|c|c:a||e:b", "counter x 1.0 |c:a|e:b (scratch)"),
        TextRow("x:1|c|c:a|#t|e:b|q|card:low", "counter x 1.0 #t |c:a|e:b|card:low (scratch)"),
        TextRow("x:1|c|c:a|e:b|#t|card:low", "counter x 1.0 #t |c:a|e:b|card:low (scratch)"),
        TextRow("x:m|s|c:a|#t|e:b", "set x #t \"m\" |c:a|e:b (scratch)"),
        TextRow(
            "x:1:2|g|c:a|#t|e:b\ny:1|c", "gauge x 1.0 #t |c:a|e:b (scratch)", "gauge x 2.0 #t |c:a|e:b (scratch)",
            "counter y 1.0"),
        TextRow(
            "x:1|c|c:a|q|e:b|@0.5:2|zz", "counter x 1.0 @0.5 |c:a|e:b (scratch)", "! unknown_type: x:1|c|c:a|q|e:b|@0.5:2|zz"),
    ])
    func origins(_ row: TextRow) { row.check() }

    @Test("lines end with a line feed; carriage returns at their ends and empty lines are passed over", arguments: [
        TextRow(""),
        TextRow("\n"),
        TextRow("\r\n\n\r\n"),
        TextRow("x:1|c\n", "counter x 1.0"),
        TextRow("x:1|c\r\n", "counter x 1.0"),
        TextRow("x:1|c\r", "counter x 1.0"),
        TextRow("\n\nx:1|c\n\n\ny:2|c\n\n", "counter x 1.0", "counter y 2.0"),
        TextRow("x:1|c|#a\r\ny:m|s\r\n", "counter x 1.0 #a", "set y \"m\""),
        TextRow("x:1\r|c", "! bad_value: x:1\r|c"),
    ])
    func lines(_ row: TextRow) { row.check() }

    @Test("a malformed line never stops the next", arguments: [
        "x", ":1|c", "x:|c", "x:1", "x:1|zz", "x:a|c", "x:1:b|c", "x:1|c|@9", "x:1|g|T0", "_e{", "_e{a,b}:", "_e{9,9}:a|b",
        "_e{0,1}:|b", "_sc|", "_sc||0", "_sc|n|9", "\u{0}", "|||", ":::", "n:1|c:x|c",
    ])
    func goesOn(_ line: String) {
        let alone = DecodedSteps.ofText(line)
        #expect(alone.count { $0.hasPrefix("! ") } == 1)
        let good = "counter good 1.0"
        let steps = DecodedSteps.ofText("good:1|c\n\(line)\ngood:1|c\n\(line)\r\ngood:1|c")
        #expect(steps == [good] + alone + [good] + alone + [good])
    }

    @Test("any bytes end, and every refusal names bytes of the datagram", arguments: 0..<64)
    func anything(_ seed: UInt64) {
        var draws = Draws(seed: seed)
        let alphabet = Array(":::|||\n\n@#,cgmshd_e{}0123.-+T\\n\r".utf8) + [0, 0xFF]
        for _ in 0..<50 {
            let bytes = (0..<draws.below(80)).map { _ in alphabet[draws.below(alphabet.count)] }
            let steps = DecodedSteps.ofText(bytes)
            #expect(steps.count <= bytes.count, "seed \(seed): \(bytes)")
        }
    }

    @Test("one by one and in batches events are those of next, with the bytes that their ranges refer to")
    func each() {
        let line = "a:1|c|#t\ne:4|h\nb:2|g|c:x|#t|e:y\nbroken\nd:3|ms|card:low|c:z\n"
        let text = Array(String(repeating: line, count: 9).utf8)
        var expected: [String] = []
        var refusals: [String] = []
        for step in DecodedSteps.ofText(text) {
            if step.hasPrefix("!") { refusals.append(step) } else { expected.append(step) }
        }
        func copy(_ bytes: Span<UInt8>) -> [UInt8] { (0..<bytes.count).map { bytes[$0] } }
        for inBatches in [false, true] {
            var decoder = EventDecoder()
            var (events, refused, batches) = ([String](), [String](), 0)
            decoder.beginText(text.span)
            if inBatches {
                decoder.forEachBatch(text.span) { batch, bytes in
                    batches += 1
                    for index in batch.indices { events.append(DecodedSteps.describe(batch[index], in: copy(bytes))) }
                } malformed: { reason, range in
                    refused.append("! \(reason.name): \(DecodedSteps.string(text, range))")
                }
            } else {
                decoder.forEach(text.span) { event, bytes in
                    events.append(DecodedSteps.describe(event, in: copy(bytes)))
                } malformed: { reason, range in
                    refused.append("! \(reason.name): \(DecodedSteps.string(text, range))")
                }
            }
            #expect(events == expected && refused == refusals && events.contains { $0.hasSuffix("(scratch)") })
            #expect(!inBatches || (batches > 1 && batches < events.count))
        }
    }
}
