/// What a capture file says of itself, before the first packet.
public struct CaptureDescription: Sendable, Equatable {
    /// The number files carry (LINKTYPE_…), not libpcap's own (DLT_…).
    public var linkType: UInt16
    /// The most bytes of a packet that are kept; 0 means no limit (pcapng only).
    public var snapLength: UInt32
    /// Time stamps in nanoseconds; otherwise in microseconds.
    public var hasNanoseconds: Bool
    public var interface: String
    /// The interface's description; empty where it has none.
    public var interfaceDescription: String
    /// The filter expression as libpcap understood it; empty for none.
    public var filter: String
    /// "x86_64"; "Linux 6.1.0"; "statsreplay 0.1.0".
    public var hardware: String
    public var operatingSystem: String
    public var application: String
    /// What else is to be said of the file; empty for nothing (pcapng only).
    public var comment: String

    public init(
        linkType: UInt16, snapLength: UInt32, hasNanoseconds: Bool, interface: String,
        interfaceDescription: String = "", filter: String = "", hardware: String = "", operatingSystem: String = "",
        application: String = "", comment: String = ""
    ) {
        self.linkType = linkType
        self.snapLength = snapLength
        self.hasNanoseconds = hasNanoseconds
        self.interface = interface
        self.interfaceDescription = interfaceDescription
        self.filter = filter
        self.hardware = hardware
        self.operatingSystem = operatingSystem
        self.application = application
        self.comment = comment
    }
}
