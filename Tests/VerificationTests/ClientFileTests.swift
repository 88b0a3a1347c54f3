import NetworkEmulator
import StatsPipeline
import StatsModel
import ReplayEngine
import StatsWire
import Testing
import Yams

@testable import Verification

@Suite struct ClientFileTests {
    static func error(_ text: String) -> String {
        do {
            _ = try ClientFile.parse(text, file: "my.yaml")
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test("what is written reads back, for every preset and for a client with everything", arguments: ClientPreset.allCases)
    func roundTrip(preset: ClientPreset) throws {
        var everything = preset.configuration
        everything.codec = .json
        everything.bufferCapacity = 64
        everything.dropStrategy = .byPriority(lowRefusedFrom: Ratio(125, outOf: 1000))
        everything.priorities = PriorityRules(critical: ["a", "b.*"], low: ["größe: #1*"])
        everything.minimumBatchSize = 3
        everything.breaker = BreakerConfiguration()
        everything.breaker?.openFor = .microseconds(1500)
        everything.redundancy = .critical
        everything.memoryLimit = 1 << 30
        for configuration in [preset.configuration, everything] {
            let document = ClientDocument.write(configuration)
            let text = try YAMLEncoder().encode(document)
            let read = try ClientFile.parse(text, file: "my.yaml")
            #expect(read == configuration, "\(text)")
        }
    }

    @Test("the format is written only where it is text, so that the documents of runs stay as they are", arguments: WireFormat.allCases)
    func format(_ format: WireFormat) throws {
        var configuration = ClientConfiguration.standard
        configuration.format = format
        let text = try YAMLEncoder().encode(ClientDocument.write(configuration))
        #expect(text.contains("format") == (format != .sequenced))
        #expect(try ClientFile.parse(text, file: "my.yaml") == configuration)
    }

    @Test("a file states what differs from the standard client, or from a preset")
    func preset() throws {
        let text = """
            # our own
            preset: reliable
            buffer_capacity: 16384
            drop_strategy: {sampled: {75%: 50%, 90%: 10%}}
            priorities:
              critical: [checkout.*, login.failed]
            breaker:
              open_for: 250ms
            """
        let read = try ClientFile.parse(text, file: "my.yaml")
        var expected = ClientConfiguration.reliable
        expected.bufferCapacity = 16_384
        expected.dropStrategy = .highCardinality
        expected.priorities = PriorityRules(critical: ["checkout.*", "login.failed"])
        expected.breaker?.openFor = .milliseconds(250)
        #expect(read == expected)
        #expect(try ClientFile.parse("", file: "my.yaml") == .standard)
        #expect(try ClientFile.parse("drop_strategy: oldest\n", file: "my.yaml").dropStrategy == .oldest)
    }

    @Test("what is wrong is named with file, line, key, what stands there and what may", arguments: [
        ("preset: fast", "my.yaml:1: preset is fast; allowed is standard, high-throughput"),
        ("batch_size: 50\nbufer_capacity: 7", "my.yaml:2: bufer_capacity is no field of a client; there are codec, format, buffer_capacity"),
        ("\nbuffer_capacity: 1000", "my.yaml:2: buffer_capacity is 1000; allowed is a power of two from 1 to 16777216"),
        ("buffer_capacity: many", "my.yaml:1: buffer_capacity is many; allowed is a whole number"),
        ("maximum_batch_age: 100", "my.yaml:1: maximum_batch_age is 100; allowed is a duration with its unit"),
        ("codec: morse", "my.yaml:1: codec is morse; allowed is binary"),
        ("drop_strategy: random", "my.yaml:1: drop_strategy is random; allowed is newest, oldest"),
        ("drop_strategy: {sampled: {75%: 50%, 60%: 10%}}", "fall while the fill rises"),
        ("drop_strategy:\n  by_priority: 0.5", "my.yaml:2: drop_strategy.by_priority is '0.5' is not clear: 0.5% or 50%?"),
        ("priorities:\n  low: [a*b]", "my.yaml:2: priorities.low is 'a*b'"),
        ("priorities:\n  lower: [a]", "my.yaml:2: priorities.lower is unknown here; there are critical, high, low"),
        ("breaker:\n  failure_threshold: 3\n  open_for: 0s", "my.yaml:3: breaker.open_for is 0s; allowed is 1ms to 86400s"),
        ("breaker:\n  open_four: 1s", "my.yaml:2: breaker.open_four is unknown here"),
        ("redundancy: twice", "my.yaml:1: redundancy is twice; allowed is none, critical, all"),
        ("memory_limit: 5", "my.yaml:1: memory_limit is 5"),
        ("- a\n- b", "the document is [a, b]; allowed is a table"),
        ("batch_size: [1", "my.yaml"),
        ("batch_size: 1\nbatch_size: 2", "my.yaml"),
    ])
    func wrong(text: String, sentence: String) {
        let error = Self.error(text)
        #expect(error.contains(sentence), "\(error)")
    }

    @Test("a golden file holds the whole client and where it came from; older ones without its newer keys still read")
    func golden() throws {
        var scenario = Scenario()
        scenario.client = .reliable
        scenario.client.batchSize = 7
        scenario.clientOrigin = ClientOrigin(path: "clients/my.yaml")
        let text = try YAMLEncoder().encode(GoldenScenario(scenario))
        let read = try YAMLDecoder().decode(GoldenScenario.self, from: text).resolved()
        #expect(read == scenario && read.clientOrigin.path == "clients/my.yaml")
        #expect(read.arguments.contains("clients/my.yaml") && read.nameParts.contains("my"))
        let older = text.split(separator: "\n").filter { !$0.contains("copy_") && !$0.contains("redundancy") }
        let old = try YAMLDecoder().decode(GoldenScenario.self, from: older.joined(separator: "\n")).resolved()
        #expect(old.client.redundancy == .none && old.client.batchSize == 7)
    }

    @Test("the command names the preset, and so does the golden file")
    func command() {
        var scenario = Scenario()
        scenario.impairments.loss = Ratio(3, outOf: 100)
        #expect(!scenario.arguments.contains("--client"))
        scenario.client = .reliable
        #expect(scenario.arguments == ["--client", "reliable", "--loss", "3%", "--seed", "1"])
        #expect(scenario.nameParts == ["client", "reliable", "loss", "3"])
    }
}
