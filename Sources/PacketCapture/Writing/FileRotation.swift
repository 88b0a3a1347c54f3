package import StatsModel

/// When a capture continues in a new file, and how many files are kept.
package struct RotationPolicy: Sendable, Equatable {
    /// The size limit of a file. One packet always fits.
    package var size: ByteCount?
    /// The time that a file covers at most. A file without packets stays open until one comes.
    package var interval: Nanoseconds?
    /// How many files are kept, the current one included; nil keeps all.
    package var fileCount: Int?

    package init(size: ByteCount? = nil, interval: Nanoseconds? = nil, fileCount: Int? = nil) {
        self.size = size
        self.interval = interval
        self.fileCount = fileCount
    }

    /// Whether the capture may use more than one file.
    package var isActive: Bool { size != nil || interval != nil }
}

/// Decides which file a packet goes to. It opens and removes nothing: each step says what the caller has to do.
///
/// Ring files are named as dumpcap names them: `NAME_00001_20261123T145316Z.pcapng`. The numbers always increase, so the names
/// sort in the order of writing. Without a policy the only file has its plain name.
package struct FileRotation: Sendable {
    /// The actions that begin the next file.
    package struct Step: Equatable, Sendable {
        /// The file to create.
        package var path: String
        /// The files to remove, oldest first.
        package var removing: [String]
    }

    private let path: String
    private let policy: RotationPolicy
    private var kept: [String] = []
    private var number = 0
    private var opened = Instant.start
    private var byteCount = 0
    private var packetCount = 0

    /// - Parameter path: the name of the only file, or the name from which the names of the ring are made
    package init(path: String, policy: RotationPolicy) {
        precondition(policy.fileCount.map { $0 > 0 } ?? true, "a ring holds at least one file")
        self.path = path
        self.policy = policy
    }

    /// Whether a packet with a record of `recordCount` bytes belongs into a new file.
    ///
    /// - Parameter reserve: bytes that will follow the last packet of a file
    package func isDue(adding recordCount: Int, reserve: Int) -> Bool {
        guard packetCount > 0, let size = policy.size else { return false }
        return byteCount + recordCount + reserve > size.bytes
    }

    /// When ``isDue(at:)`` may become true without another packet; nil while the file is empty or has no interval.
    package var nextDeadline: Instant? {
        guard packetCount > 0, let interval = policy.interval else { return nil }
        return opened + interval
    }

    /// Whether the file's time is over. An interval without packets makes no file.
    package func isDue(at now: Instant) -> Bool { nextDeadline.map { $0 <= now } ?? false }

    /// Counts packets and bytes that were put into the file.
    package mutating func record(byteCount count: Int, packets: Int) {
        byteCount += count
        packetCount += packets
    }

    /// Begins the next file, the first one included.
    ///
    /// - Parameters:
    ///   - now: on the capture's own clock
    ///   - wall: nanoseconds since 1970, for the name
    package mutating func handleNextFile(at now: Instant, wall: Int64) -> Step {
        number += 1
        opened = now
        byteCount = 0
        packetCount = 0
        guard policy.isActive else { return Step(path: path, removing: []) }
        let next = numbered(wall)
        kept.append(next)
        let surplus = max(0, kept.count - (policy.fileCount ?? kept.count))
        let removing = Array(kept.prefix(surplus))
        kept.removeFirst(surplus)
        return Step(path: next, removing: removing)
    }

    private func numbered(_ wall: Int64) -> String {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let name = path.dropFirst(folder.count)
        // A leading dot makes a hidden file, not a suffix.
        let dot = name.dropFirst().lastIndex(of: ".") ?? name.endIndex
        let count = CaptureStamp.padded(Int64(number), 5)
        return "\(folder)\(name[..<dot])_\(count)_\(CaptureStamp.text(wall))\(name[dot...])"
    }
}
