/// What a capture file says of itself, before the first packet.
package struct CaptureDescription: Sendable, Equatable {
    /// The number files carry (LINKTYPE_…), not libpcap's own (DLT_…).
    package var linkType: UInt16
    /// The most bytes of a packet that are kept; 0 means no limit (pcapng only).
    package var snapLength: UInt32
    /// Time stamps in nanoseconds; otherwise in microseconds.
    package var hasNanoseconds: Bool
    package var interface: String
    /// The interface's description; empty where it has none.
    package var interfaceDescription: String
    /// The filter expression as libpcap understood it; empty for none.
    package var filter: String
    /// "x86_64"; "Linux 6.1.0"; "statsreplay 0.1.0".
    package var hardware: String
    package var operatingSystem: String
    package var application: String
    /// What else is to be said of the file; empty for nothing (pcapng only).
    package var comment: String

    package init(
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
