import StatsModel
import StatsPipeline
import StatsWire

/// A client's configuration as YAML. Golden files hold the whole configuration, and files that a person writes hold only the
/// differences from the standard client. Both use this one form.
///
/// Every key is a field of ``ClientConfiguration`` in snake case. A part that is absent reads `none`.
enum ClientDocument {
    /// One key: how its value is written, and how it is read.
    struct Field {
        let name: String
        let write: (ClientConfiguration) -> DocumentValue
        let read: (DocumentValue, inout ClientConfiguration) throws(DocumentError) -> Void
    }

    /// All keys, in the order in which they are written.
    static var fields: [Field] {
        [
            Field(name: "codec", write: { .text("\($0.codec)") }) { (value, client) throws(DocumentError) in
                client.codec = try DocumentReader.codec(value)
            },
            Field(name: "format", write: { .text($0.format.rawValue) }) { (value, client) throws(DocumentError) in
                client.format = try DocumentReader.choice(value, WireFormat.allCases.map { ($0.rawValue, $0) })
            },
            .integer("buffer_capacity", \.bufferCapacity),
            Field(name: "drop_strategy", write: { StrategyDocument.write($0.dropStrategy) }) {
                (value, client) throws(DocumentError) in
                client.dropStrategy = try StrategyDocument.read(value)
            },
            Field(name: "priorities", write: { PrioritiesDocument.write($0.priorities) }) {
                (value, client) throws(DocumentError) in
                client.priorities = try PrioritiesDocument.read(value)
            },
            Field(name: "aggregation", write: { AggregationDocument.write($0.aggregation) }) {
                (value, client) throws(DocumentError) in
                client.aggregation = try AggregationDocument.read(value)
            },
            .integer("batch_size", \.batchSize),
            .optionalInteger("minimum_batch_size", \.minimumBatchSize),
            .time("maximum_batch_age", \.maximumBatchAge),
            .integer("maximum_packet_size", \.maximumPacketSize),
            .bound("large_event_limit", \.largeEventLimit),
            .time("heartbeat_interval", \.heartbeatInterval),
            .integer("closing_copies", \.closingCopies),
            .time("closing_interval", \.closingInterval),
            Field(name: "breaker", write: { BreakerDocument.write($0.breaker) }) {
                (value, client) throws(DocumentError) in
                client.breaker = try BreakerDocument.read(value)
            },
            Field(name: "redundancy", write: { .text($0.redundancy.name) }) { (value, client) throws(DocumentError) in
                client.redundancy = try DocumentReader.choice(value, Redundancy.allCases.map { ($0.name, $0) })
            },
            .time("copy_spread", \.copySpread),
            .integer("copy_limit", \.copyLimit),
            Field(name: "reliability", write: { ReliabilityDocument.write($0.reliability) }) {
                (value, client) throws(DocumentError) in
                client.reliability = try ReliabilityDocument.read(value)
            },
            Field(name: "parity", write: { ParityDocument.write($0.parity) }) { (value, client) throws(DocumentError) in
                client.parity = try ParityDocument.read(value)
            },
            .integer("metric_limit", \.metricLimit),
            .integer("text_capacity", \.textCapacity),
            .optionalInteger("memory_limit", \.memoryLimit),
        ]
    }

    /// The whole configuration. The format is written only if it is not sequenced (every run uses sequenced packets), and parity
    /// only if there is any.
    static func write(_ configuration: ClientConfiguration) -> DocumentValue {
        let stated = fields.filter {
            ($0.name != "format" || configuration.format != .sequenced) && ($0.name != "parity" || configuration.parity != nil)
        }
        return .table(stated.map { DocumentValue.Entry($0.name, $0.write(configuration)) })
    }

    /// Changes the fields that the document contains, and leaves the others.
    ///
    /// Errors: an unknown key, or a value that cannot be read. Ranges are checked later by ``ClientConfiguration/validate()``.
    static func apply(_ document: DocumentValue, to configuration: inout ClientConfiguration) throws(DocumentError) {
        let fields = Self.fields
        for entry in try DocumentReader.table(document) {
            guard let field = fields.first(where: { $0.name == entry.name }) else {
                throw DocumentError(
                    line: entry.line, path: entry.name,
                    reason: "is no field of a client; there are \(fields.map(\.name).joined(separator: ", "))")
            }
            do throws(DocumentError) {
                try field.read(entry.value, &configuration)
            } catch {
                throw error.inside(entry)
            }
        }
    }

    /// A field's key in a document: `bufferCapacity` becomes `buffer_capacity`, and `breaker.openFor` becomes `breaker.open_for`.
    static func key(_ field: String) -> String {
        String(field.flatMap { $0.isUppercase ? ["_", Character($0.lowercased())] : [$0] })
    }
}

extension DocumentError {
    /// The same error with the enclosing key in front of its path. The line stays that of the innermost key.
    func inside(_ entry: DocumentValue.Entry) -> Self {
        Self(line: line ?? entry.line, path: path.isEmpty ? entry.name : "\(entry.name).\(path)", reason: reason)
    }
}

extension ClientDocument.Field {
    static func integer(_ name: String, _ path: WritableKeyPath<ClientConfiguration, Int>) -> Self {
        Self(name: name, write: { .text(String($0[keyPath: path])) }) { (value, client) throws(DocumentError) in
            client[keyPath: path] = try DocumentReader.integer(value)
        }
    }

    static func optionalInteger(_ name: String, _ path: WritableKeyPath<ClientConfiguration, Int?>) -> Self {
        Self(name: name, write: { .text($0[keyPath: path].map { String($0) } ?? "none") }) {
            (value, client) throws(DocumentError) in
            client[keyPath: path] = value == .text("none") ? nil : try DocumentReader.integer(value)
        }
    }

    /// A bound. `none` stands for 0, which means no bound.
    static func bound(_ name: String, _ path: WritableKeyPath<ClientConfiguration, Int>) -> Self {
        Self(name: name, write: { .text($0[keyPath: path] == 0 ? "none" : String($0[keyPath: path])) }) {
            (value, client) throws(DocumentError) in
            client[keyPath: path] = value == .text("none") ? 0 : try DocumentReader.integer(value)
        }
    }

    static func time(_ name: String, _ path: WritableKeyPath<ClientConfiguration, Duration>) -> Self {
        Self(name: name, write: { .text(Nanoseconds($0[keyPath: path]).description) }) { (value, client) throws(DocumentError) in
            client[keyPath: path] = try DocumentReader.time(value).duration
        }
    }
}
