import StatsModel
import StatsWire
import Testing

/// Events and service checks as the Datadog agent reads them.
struct EventDecoderDogStatsDTests {
    @Test("an event's lengths count bytes, and clip what is longer", arguments: [
        TextRow("_e{5,4}:title|text", "event title \"text\""),
        TextRow("_e{6,5}:tïtle|tëxt", "event tïtle \"tëxt\""),
        TextRow("_e{4,9}:🦊|日本語", "event 🦊 \"日本語\""),
        TextRow("_e{5,0}:title|", "event title"),
        TextRow("_e{5,0}:title||#a", "event title #a"),
        TextRow("_e{3,3}:a|b|c|d|#t", "event a|b #t \"c|d\""),
        TextRow("_e{2,2}:::|,}", "event :: \",}\""),
        TextRow("_e{+1,01}:a|b", "event a \"b\""),
        TextRow("_e{5,4}:title|text\nx:1|c", "event title \"text\"", "counter x 1.0"),
        TextRow("_e{5,4}:tïtle|tëxt", "event tïtl \"|të\""),
        TextRow("_e{5,5}:title|text", "! bad_event_length: _e{5,5}:title|text"),
        TextRow("_e{5,3}:title|text", "event title \"tex\""),
        TextRow("_e{4,4}:title|text", "event titl \"|tex\""),
        TextRow("_e{5,0}:title", "! bad_event_length: _e{5,0}:title"),
        TextRow("_e{9223372036854775807,9223372036854775807}:a|b",
            "! bad_event_length: _e{9223372036854775807,9223372036854775807}:a|b"),
    ])
    func eventLengths(_ row: TextRow) { row.check() }

    @Test("an event's header is whole, and its title is not empty", arguments: [
        TextRow("_e{0,4}:|text", "! empty_title: _e{0,4}:|text"),
        TextRow("_e{", "! bad_event_header: _e{"),
        TextRow("_e{}", "! bad_event_header: _e{}"),
        TextRow("_e{5}:title|text", "! bad_event_header: _e{5}:title|text"),
        TextRow("_e{,}:|", "! bad_event_header: _e{,}:|"),
        TextRow("_e{5,4", "! bad_event_header: _e{5,4"),
        TextRow("_e{5,4}", "! bad_event_header: _e{5,4}"),
        TextRow("_e{5,4}title|text", "! bad_event_header: _e{5,4}title|text"),
        TextRow("_e{-1,4}:a|text", "! bad_event_header: _e{-1,4}:a|text"),
        TextRow("_e{1,-1}:a|", "! bad_event_header: _e{1,-1}:a|"),
        TextRow("_e{a,b}:a|b", "! bad_event_header: _e{a,b}:a|b"),
        TextRow("_e{ 1,1}:a|b", "! bad_event_header: _e{ 1,1}:a|b"),
        TextRow("_e{99999999999999999999,1}:a|b", "! bad_event_header: _e{99999999999999999999,1}:a|b"),
    ])
    func eventHeaders(_ row: TextRow) { row.check() }

    @Test("an event's optional fields come in any order; one that cannot be used is left out", arguments: [
        TextRow("_e{1,1}:a|b|d:1700000000", "event a at 1700000000000000000 \"b\""),
        TextRow("_e{1,1}:a|b|#x,y:z|t:error", "event a #x,y:z \"b\" |t:error"),
        TextRow(
            "_e{1,1}:a|b|h:web|k:key|p:low|s:nagios|t:warning|#x", "event a #x \"b\" |h:web|k:key|p:low|s:nagios|t:warning"),
        TextRow("_e{1,1}:a|b|c:i|e:x|card:none", "event a \"b\" |c:i|e:x|card:none"),
        TextRow("_e{1,1}:a|b|h:web|d:17|k:key", "event a at 17000000000 \"b\" |h:web|k:key (scratch)"),
        TextRow("_e{1,1}:a|b|h:web|#t|k:key", "event a #t \"b\" |h:web|k:key (scratch)"),
        TextRow("_e{1,3}:a|b\\n|h:w|#t|k:y", "event a #t \"b\\n\" escaped |h:w|k:y (scratch)"),
        TextRow("_e{1,1}:a|b|d:soon|#x", "event a #x \"b\""),
        TextRow("_e{1,1}:a|b|d:0|h:w", "event a \"b\" |h:w"),
        TextRow("_e{1,1}:a|b|d:|h:w", "event a \"b\" |h:w"),
        TextRow("_e{1,1}:a|b|p:urgent|t:fatal|h:w", "event a \"b\" |h:w"),
        TextRow("_e{1,1}:a|b|p:normal|t:info", "event a \"b\" |p:normal|t:info"),
        TextRow("_e{1,1}:a|b|t:success|p:normalx", "event a \"b\" |t:success"),
        TextRow("_e{1,1}:a|b|m:message|zz||", "event a \"b\""),
        TextRow("_e{1,1}:a|b|", "event a \"b\""),
    ])
    func eventFields(_ row: TextRow) { row.check() }

    @Test("a backslash and an n in a text mean a line break, nothing else does", arguments: [
        TextRow("_e{1,4}:a|x\\ny", "event a \"x\\ny\" escaped"),
        TextRow("_e{1,2}:a|\\n", "event a \"\\n\" escaped"),
        TextRow("_e{1,3}:a|\\\\n", "event a \"\\\\n\" escaped"),
        TextRow("_e{1,4}:a|x\\ty", "event a \"x\\ty\""),
        TextRow("_e{1,2}:a|x\\", "event a \"x\\\""),
        TextRow("_e{1,1}:a|\\|n", "event a \"\\\""),
        TextRow("_e{3,1}:a\\n|x", "event a\\n \"x\""),
        TextRow("_sc|a|0|m:x\\ny", "service_check a 0.0 \"x\\ny\" escaped"),
    ])
    func escapes(_ row: TextRow) { row.check() }

    @Test("a service check has a name, a status 0...3 and a message, behind which fields go on", arguments: [
        TextRow("_sc|redis|0", "service_check redis 0.0"),
        TextRow("_sc|redis|1", "service_check redis 1.0"),
        TextRow("_sc|redis|2", "service_check redis 2.0"),
        TextRow("_sc|redis|3|", "service_check redis 3.0"),
        TextRow("_sc|a:b c|0", "service_check a:b c 0.0"),
        TextRow("_sc|redis|0|m:all is well", "service_check redis 0.0 \"all is well\""),
        TextRow("_sc|redis|2|m:a|#b|d:1", "service_check redis 2.0 #b at 1000000000 \"a\""),
        TextRow("_sc|redis|2|m:", "service_check redis 2.0"),
        TextRow("_sc|redis|2|d:17|h:web|#x|m:a|b", "service_check redis 2.0 #x at 17000000000 \"a\" |h:web"),
        TextRow("_sc|redis|2|h:web|#x|c:i|m:a|b", "service_check redis 2.0 #x \"a\" |h:web|c:i (scratch)"),
        TextRow("_sc|redis|2|k:key|p:low|s:x|t:error|h:w", "service_check redis 2.0 |h:w"),
        TextRow("_sc|redis|2|d:x|card:low|e:y", "service_check redis 2.0 |e:y|card:low (scratch)"),
        TextRow("_sc|redis|4", "! bad_check_status: _sc|redis|4"),
        TextRow("_sc|redis|00", "! bad_check_status: _sc|redis|00"),
        TextRow("_sc|redis|-1", "! bad_check_status: _sc|redis|-1"),
        TextRow("_sc|redis||m:x", "! bad_check_status: _sc|redis||m:x"),
        TextRow("_sc|redis|ok", "! bad_check_status: _sc|redis|ok"),
        TextRow("_sc|redis|", "! bad_check_status: _sc|redis|"),
        TextRow("_sc|redis", "! bad_check_status: _sc|redis"),
        TextRow("_sc||0", "! empty_check_name: _sc||0"),
        TextRow("_sc|", "! empty_check_name: _sc|"),
        TextRow("_sc", "! missing_colon: _sc"),
    ])
    func checks(_ row: TextRow) { row.check() }
}
