/// The metadata of a capture file, written before the first packet.
package struct CaptureDescription: Sendable, Equatable {
    /// The number used in files (LINKTYPE_…), not libpcap's own (DLT_…).
    package var linkType: UInt16
    /// The most bytes of a packet that are kept; 0 means no limit (pcapng only).
    package var snapLength: UInt32
    /// Whether timestamps are in nanoseconds; otherwise they are in microseconds.
    package var hasNanoseconds: Bool
    /// The interface's name.
    package var interface: String
    /// The interface's description; empty where it has none.
    package var interfaceDescription: String
    /// The filter expression as libpcap understood it; empty for none.
    package var filter: String
    /// For example "x86_64".
    package var hardware: String
    /// For example "Linux 6.1.0".
    package var operatingSystem: String
    /// For example "statsreplay 0.1.0".
    package var application: String
    /// A comment on the file; empty for none (pcapng only).
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
