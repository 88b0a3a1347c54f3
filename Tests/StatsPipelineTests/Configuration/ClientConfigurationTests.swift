import StatsModel
import StatsPipeline
import StatsWire
import Testing

@Suite struct ClientConfigurationTests {
    @Test("the configuration that nobody touched is valid")
    func defaults() throws {
        try ClientConfiguration().validate()
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let field: String
        let value: String
        let change: @Sendable (inout ClientConfiguration) -> Void
        var testDescription: String { "\(field) = \(value)" }
    }

    static let wrong: [Case] = [
        Case(field: "bufferCapacity", value: "0") { $0.bufferCapacity = 0 },
        Case(field: "bufferCapacity", value: "1000") { $0.bufferCapacity = 1000 },
        Case(field: "bufferCapacity", value: "33554432") { $0.bufferCapacity = 1 << 25 },
        Case(field: "batchSize", value: "0") { $0.batchSize = 0 },
        Case(field: "batchSize", value: "65536") { $0.batchSize = 65_536 },
        Case(field: "maximumBatchAge", value: "-1ns") { $0.maximumBatchAge = .nanoseconds(-1) },
        Case(field: "maximumBatchAge", value: "3601s") { $0.maximumBatchAge = .seconds(3601) },
        Case(field: "maximumPacketSize", value: "175") { $0.maximumPacketSize = 175 },
        Case(field: "maximumPacketSize", value: "65508") { $0.maximumPacketSize = 65_508 },
        Case(field: "largeEventLimit", value: "-1") { $0.largeEventLimit = -1 },
        Case(field: "largeEventLimit", value: "65468") { $0.largeEventLimit = 65_468 },
        Case(field: "codec", value: "none") { $0.codec = .none },
        Case(field: "heartbeatInterval", value: "0s") { $0.heartbeatInterval = .zero },
        Case(field: "closingCopies", value: "-1") { $0.closingCopies = -1 },
        Case(field: "closingCopies", value: "101") { $0.closingCopies = 101 },
        Case(field: "closingInterval", value: "61s") { $0.closingInterval = .seconds(61) },
        Case(field: "metricLimit", value: "0") { $0.metricLimit = 0 },
        Case(field: "textCapacity", value: "63") { $0.textCapacity = 63 },
        Case(field: "textCapacity", value: "134217729") { $0.textCapacity = 1 << 27 + 1 },
        Case(field: "minimumBatchSize", value: "0") { $0.minimumBatchSize = 0 },
        Case(field: "minimumBatchSize", value: "51") { $0.minimumBatchSize = 51 },
        Case(field: "dropStrategy.lowRefusedFrom", value: "0%") { $0.dropStrategy = .byPriority(lowRefusedFrom: .zero) },
        Case(field: "breaker.openFor", value: "0s") {
            $0.breaker = BreakerConfiguration()
            $0.breaker?.openFor = .zero
        },
        Case(field: "breaker.successThreshold", value: "4") {
            $0.breaker = BreakerConfiguration()
            $0.breaker?.successThreshold = 4
        },
        Case(field: "copySpread", value: "61s") { $0.copySpread = .seconds(61) },
        Case(field: "copyLimit", value: "0") { $0.copyLimit = 0 },
        Case(field: "memoryLimit", value: "1000") { $0.memoryLimit = 1000 },
    ]

    @Test("a field outside its range is named with its value and what is allowed", arguments: wrong)
    func refused(row: Case) {
        var configuration = ClientConfiguration()
        row.change(&configuration)
        let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
        #expect(error?.field == row.field)
        #expect(error?.value == row.value)
        #expect(error?.description.contains(row.field) == true)
        #expect(error?.allowed.contains(row.field == "codec" ? " or " : " to ") == true)
    }

    @Test("both ends of every range are allowed")
    func bounds() throws {
        var least = ClientConfiguration()
        least.bufferCapacity = 1
        least.batchSize = 1
        least.maximumBatchAge = .zero
        least.maximumPacketSize = 176
        least.heartbeatInterval = .milliseconds(1)
        least.closingCopies = 0
        least.closingInterval = .zero
        least.metricLimit = 1
        least.textCapacity = 64
        try least.validate()
        var most = ClientConfiguration()
        most.bufferCapacity = 1 << 24
        most.batchSize = 65_535
        most.maximumPacketSize = 65_507
        most.metricLimit = 1 << 24
        most.textCapacity = 1 << 27
        try most.validate()
    }
}
