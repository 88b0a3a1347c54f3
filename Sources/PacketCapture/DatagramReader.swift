public import StatsModel

/// A capture that cannot be read (further): which file, which packet, which byte, what to do.
public struct CaptureError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        /// No such file, or it cannot be opened (exit 66, 77).
        case missing, notPermitted
        /// The bytes are not a capture, or are broken (exit 65).
        case unusable
        case inputFailed
    }
    public var kind: Kind
    public var file: String
    /// The packet being read, counted from 1; nil before the first.
    public var packetNumber: UInt64?
    /// Where in the file, in bytes.
    public var byteOffset: UInt64
    public var reason: String

    public init(kind: Kind, file: String, packetNumber: UInt64?, byteOffset: UInt64, reason: String) {
        self.kind = kind
        self.file = file
        self.packetNumber = packetNumber
        self.byteOffset = byteOffset
        self.reason = reason
    }

    public var description: String {
        let packet = packetNumber.map { ", packet \($0)" } ?? ""
        return "\(file)\(packet), byte \(byteOffset): \(reason)"
    }
}

/// Which UDP ports are wanted, as sorted, disjoint, closed ranges.
public struct PortSet: Sendable, Equatable {
    public let ranges: [ClosedRange<UInt16>]
    public static let standard = PortSet([8125...8125])

    public init(_ ranges: [ClosedRange<UInt16>]) { fatalError("capture") }
    /// Reads `8125`, `8125,9125`, `8000-8999` and mixtures.
    public init(parsing texts: [String]) throws(UnitError) { fatalError("capture") }
    public func contains(_ port: UInt16) -> Bool { fatalError("capture") }
}

/// Packets that gave no datagram, by reason.
public struct SkippedCounts: Sendable, Equatable {
    public var truncated: UInt64 = 0
    public var notUDP: UInt64 = 0
    public var otherPort: UInt64 = 0
    /// Fragments of datagrams that never became whole.
    public var fragment: UInt64 = 0
    public var malformed: UInt64 = 0
    public init() {}
}

/// What is to be known about the file beside its datagrams.
public struct CaptureNotes: Sendable, Equatable {
    /// "pcap" or "pcapng".
    public var format = ""
    /// Names of the link types seen ("ethernet", "linux-sll2", …), in order of first sight.
    public var linkTypes: [String] = []
    public var packets: UInt64 = 0
    public var datagrams: UInt64 = 0
    public var skipped = SkippedCounts()
    /// Second sightings of a datagram that the `any` interface shows twice.
    public var duplicateSightings: UInt64 = 0
    /// Offload makes these on the sending machine: reported, not rejected.
    public var badIPChecksums: UInt64 = 0
    public var badUDPChecksums: UInt64 = 0
    public var segmentedSuperPackets: UInt64 = 0
    /// Times at which a packet's clock stood before its predecessor's, and the largest step back in nanoseconds.
    public var clockStepsBack: UInt64 = 0
    public var largestStepBack: Int64 = 0
    /// Packets the kernel dropped while capturing, where the file says so (pcapng interface statistics).
    public var kernelDrops: UInt64?
    public var interfaceDrops: UInt64?
    public var firstTimestamp: Int64?
    public var lastTimestamp: Int64?
    public init() {}
}

/// Reads a capture file, pcap or pcapng, to its UDP datagrams, in bounded memory whatever the file's size.
public struct DatagramReader: ~Copyable {
    /// Opens the file; `-` is standard input. The format is recognised from its first bytes.
    public init(path: String, ports: PortSet = .standard) throws(CaptureError) { fatalError("capture") }

    /// The next datagram in file order; nil at the end of the file.
    ///
    /// After an error everything before it stays valid: ``notes`` tells what was read.
    public mutating func next() throws(CaptureError) -> CapturedDatagram? { fatalError("capture") }

    /// The payload of the datagram last returned.
    public borrowing func withPayload<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result { fatalError("capture") }

    public var notes: CaptureNotes { fatalError("capture") }
}
