import StatsModel
import StatsWire

extension ClientConfiguration {
    /// Throws an error for the first field that is outside its range.
    public func validate() throws(ConfigurationError) {
        try validateBuffer()
        try validateBatches()
        // Without an interval, a heartbeat would always be due.
        try Self.check("heartbeatInterval", heartbeatInterval, in: .milliseconds(1) ... .seconds(86_400))
        try Self.check("closingCopies", closingCopies, in: 0...100)
        try Self.check("closingInterval", closingInterval, in: .zero ... .seconds(60))
        if let breaker {
            do throws(ConfigurationError) { try breaker.validate() } catch { throw error.inside("breaker") }
        }
        if let aggregation {
            do throws(ConfigurationError) { try aggregation.validate() } catch { throw error.inside("aggregation") }
        }
        if let reliability {
            do throws(ConfigurationError) { try reliability.validate() } catch { throw error.inside("reliability") }
        }
        if let parity {
            do throws(ConfigurationError) { try parity.validate() } catch { throw error.inside("parity") }
        }
        if format.dialect != nil, redundancy != .none {
            throw ConfigurationError(
                field: "redundancy", value: "\(redundancy)",
                allowed: "none where the format is text, whose servers would count second copies")
        }
        try Self.check("copySpread", copySpread, in: .zero ... .seconds(60))
        try Self.check("copyLimit", copyLimit, in: 1...65_536)
        try Self.check("metricLimit", metricLimit, in: 1...1 << 24)
        try Self.check("textCapacity", textCapacity, in: TextPool.capacityRange)
        // With less than a client takes without any metric, no metric would ever be admitted.
        if let memoryLimit { try Self.check("memoryLimit", memoryLimit, in: fixedMemory...1 << 40) }
    }

    private func validateBuffer() throws(ConfigurationError) {
        guard (1...1 << 24).contains(bufferCapacity), bufferCapacity & (bufferCapacity - 1) == 0 else {
            throw ConfigurationError(
                field: "bufferCapacity", value: "\(bufferCapacity)", allowed: "a power of two from 1 to \(1 << 24)")
        }
        switch dropStrategy {
        case .newest, .oldest, .sampled: break
        case .byPriority(let fill):
            guard !fill.isZero else {
                throw ConfigurationError(
                    field: "dropStrategy.lowRefusedFrom", value: "\(fill)", allowed: "more than 0% to 100%")
            }
        }
        try priorities.validate()
    }

    private func validateBatches() throws(ConfigurationError) {
        // The header has 16 bits for the number of events in a packet.
        try Self.check("batchSize", batchSize, in: 1...65_535)
        if let minimumBatchSize { try Self.check("minimumBatchSize", minimumBatchSize, in: 1...batchSize) }
        try Self.check("maximumBatchAge", maximumBatchAge, in: .zero ... .seconds(3600))
        // From a heartbeat, which must fit as well, to the largest UDP payload over IPv4.
        try Self.check(
            "maximumPacketSize", maximumPacketSize, in: PacketHeader.byteCount + TotalsReport.byteCount...65_507)
        // After the header, which has 16 bits for the payload's length.
        try Self.check("largeEventLimit", largeEventLimit, in: 0...65_507 - PacketHeader.byteCount)
        switch codec {
        case .binary, .protocolBuffers, .messagePack, .json: break
        case .none:
            throw ConfigurationError(
                field: "codec", value: "\(codec)", allowed: "binary, protocolBuffers, messagePack or json")
        }
    }

    package static func check<Value: Comparable>(
        _ field: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(ConfigurationError) {
        guard range.contains(value) else {
            throw ConfigurationError(field: field, value: value, outside: range)
        }
    }

    /// The same for a duration, which the error writes in the form `250ms`.
    package static func check(
        _ field: String, _ value: Duration, in range: ClosedRange<Duration>
    ) throws(ConfigurationError) {
        try check(field, Nanoseconds(value), in: Nanoseconds(range.lowerBound)...Nanoseconds(range.upperBound))
    }
}

extension ConfigurationError {
    /// The same error for a field inside another field.
    func inside(_ outer: String) -> Self { Self(field: "\(outer).\(field)", value: value, allowed: allowed) }
}
