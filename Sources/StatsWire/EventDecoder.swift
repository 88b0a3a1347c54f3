
/// Turns a datagram's bytes into events, one a call: StatsD and DogStatsD text, and verified packets.
///
/// Usage: `begin`, then `next` with the *same* bytes until `.end`. No allocation in the steady state.
public struct EventDecoder: Sendable {
    /// Where the strings of events with `isInScratch` stand; valid until the next call of `next` or `begin`.
    public private(set) var scratch: [UInt8] = []

    public init() {}

    /// Begins a datagram of text (see `reference/statsd-grammar.md`; the Datadog agent's dialect).
    public mutating func beginText(_ bytes: Span<UInt8>) { fatalError("wire") }

    /// Begins the payload of a packet whose header was verified. Kinds other than data hold no events.
    public mutating func beginPacket(_ bytes: Span<UInt8>, header: PacketHeader) { fatalError("wire") }

    /// The next event or malformed record; `.end` for ever after the last.
    public mutating func next(_ bytes: Span<UInt8>) -> DecodeStep { fatalError("wire") }
}
