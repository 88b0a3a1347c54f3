import StatsWire

/// A parity decoder's memory of one session: the last data packets in a ring, and the waiting parity packets.
///
/// A data packet's place is its number modulo the ring's length, and the packet with the latest arrival stays. A ring with 256 or
/// more places has a separate place for each member of any possible group. Everything is allocated once. A session that makes
/// room leaves its memory to the next one.
struct ParitySession: Sendable {
    struct Key: Hashable, Sendable {
        let source: SourceID
        let session: UInt64
    }

    private(set) var key: Key
    /// The time of its last packet, in packets of the decoder.
    var tick: UInt64 = 0
    var parities: ParityGroupStore
    private let slotSize: Int
    private let mask: UInt64
    /// The number of the packet in each place. 0 means none.
    private var sequences: [UInt64]
    private var counts: [Int32]
    private var bytes: [UInt8]

    init(_ key: Key, configuration: ParityDecoderConfiguration) {
        self.key = key
        slotSize = configuration.maximumPacketSize
        mask = UInt64(configuration.packetsPerSession - 1)
        sequences = Array(repeating: 0, count: configuration.packetsPerSession)
        counts = Array(repeating: 0, count: configuration.packetsPerSession)
        bytes = Array(repeating: 0, count: configuration.packetsPerSession * slotSize)
        parities = ParityGroupStore(capacity: configuration.paritiesPerSession, slotSize: slotSize)
    }

    /// Forgets everything and begins another session. Returns the number of parity packets that were waiting.
    mutating func restart(as key: Key) -> Int {
        self.key = key
        for place in sequences.indices { sequences[place] = 0 }
        return parities.removeAll()
    }

    func contains(_ sequence: UInt64) -> Bool { sequence != 0 && sequences[place(of: sequence)] == sequence }

    /// Whether a later packet took this packet's place, so that it is unknown whether it arrived.
    func hasPassed(_ sequence: UInt64) -> Bool { sequences[place(of: sequence)] > sequence }

    /// Keeps a data packet in the form of its first transmission, which parity covers. It replaces the former packet in its
    /// place. O(bytes).
    mutating func store(_ datagram: Span<UInt8>, sequence: UInt64) {
        precondition(datagram.count <= slotSize, "a datagram fits its place")
        let place = place(of: sequence)
        sequences[place] = sequence
        counts[place] = Int32(datagram.count)
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe datagram.withUnsafeBytes { source in
                // In bounds: the place has `slotSize` bytes. The source has no more, as the first line checks.
                let start = place * slotSize
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<start + source.count]).copyMemory(from: source)
            }
        }
        let start = place * slotSize
        var span = bytes.mutableSpan
        PacketHeader.restoreFirstSent(&span, at: start..<start + datagram.count)
    }

    /// The length of a packet. Traps if it is not kept.
    func count(of sequence: UInt64) -> Int {
        precondition(contains(sequence), "a packet that is kept")
        return Int(counts[place(of: sequence)])
    }

    /// The bytes of a packet. Traps if it is not kept.
    borrowing func withPacket<Result: ~Copyable, Failure: Error>(
        _ sequence: UInt64, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = place(of: sequence) * slotSize
        return try body(bytes.span.extracting(start..<start + count(of: sequence)))
    }

    /// Takes a kept member out of a recovery's parities.
    func give(_ sequence: UInt64, to recovery: inout ParityRecovery) {
        let start = place(of: sequence) * slotSize
        recovery.add(member: bytes.span.extracting(start..<start + count(of: sequence)), sequence: sequence)
    }

    // In bounds: the ring's length is a power of two, and the mask is one less.
    private func place(of sequence: UInt64) -> Int { Int(sequence & mask) }
}
