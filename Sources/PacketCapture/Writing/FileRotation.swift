package import StatsModel

/// When a capture goes on in a new file, and how many files stay.
package struct RotationPolicy: Sendable, Equatable {
    /// A file grows to at most this size (one packet always fits).
    package var size: ByteCount?
    /// A file covers at most this time; a file without packets is kept open until one came.
    package var interval: Nanoseconds?
    /// How many files stay, the one being written included; nil keeps all.
    package var fileCount: Int?

    package init(size: ByteCount? = nil, interval: Nanoseconds? = nil, fileCount: Int? = nil) {
        self.size = size
        self.interval = interval
        self.fileCount = fileCount
    }

    /// Whether there is more than one file to come.
    package var isActive: Bool { size != nil || interval != nil }
}

/// Decides which file a packet goes to. Opens and removes nothing: each step says what is to be done.
///
/// Ring files are named as dumpcap names them: `NAME_00001_20261123T145316Z.pcapng`, numbers counting up for ever,
/// so that the names sort as they were written; without a policy the one file has its plain name.
package struct FileRotation: Sendable {
    /// What to do to begin the next file.
    package struct Step: Equatable, Sendable {
        /// The file to create.
        package var path: String
        /// The files that go, oldest first.
        package var removing: [String]
    }

    private let path: String
    private let policy: RotationPolicy
    private var kept: [String] = []
    private var number = 0
    private var opened = Instant.start
    private var byteCount = 0
    private var packetCount = 0

    /// - Parameter path: the name of the one file, or that which the ring's names are made from
    package init(path: String, policy: RotationPolicy) {
        precondition(policy.fileCount.map { $0 > 0 } ?? true, "a ring holds at least one file")
        self.path = path
        self.policy = policy
    }

    /// Whether a packet whose record has `recordCount` bytes belongs into a new file.
    ///
    /// - Parameter reserve: bytes that still follow the last packet of a file
    package func isDue(adding recordCount: Int, reserve: Int) -> Bool {
        guard packetCount > 0, let size = policy.size else { return false }
        return byteCount + recordCount + reserve > size.bytes
    }

    /// When ``isDue(at:)`` may become true without another packet; nil while the file is empty or has no interval.
    package var nextDeadline: Instant? {
        guard packetCount > 0, let interval = policy.interval else { return nil }
        return opened + interval
    }

    /// Whether the file's time is over. An interval in which nothing came makes no file.
    package func isDue(at now: Instant) -> Bool { nextDeadline.map { $0 <= now } ?? false }

    /// Counts what was put into the file.
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
