package import StatsModel
package import SystemIO

/// The files of a running capture: encodes, buffers, rotates, writes.
///
/// The buffer holds whole records only, and ``flush()`` hands them to the kernel. Flushed records survive the end of this
/// process. After an error nothing more can be written, but ``finish(_:at:)`` still leaves whole files.
package struct CaptureOutput: ~Copyable {
    /// Where the packets go.
    package enum Target: Equatable, Sendable {
        case standardOutput(CaptureFormat)
        /// `isGenerated` means that the user did not choose the name, so an existing file is never overwritten.
        case file(path: String, isGenerated: Bool)
    }

    /// The files that exist at the end, oldest first.
    package private(set) var files: [String] = []
    /// Packets in all files, those removed from the ring included.
    package private(set) var packetCount: UInt64 = 0
    /// Bytes in all files, those removed from the ring included.
    package private(set) var byteCount: UInt64 = 0

    private let encoder: CaptureEncoder
    private let isGenerated: Bool
    private var rotation: FileRotation
    private var file: FileWriter
    private var buffer: [UInt8] = []
    private var bufferedPackets: UInt64 = 0
    private var filePackets: UInt64 = 0
    private var fileStart: Int64
    private var earlier = DropStatistics()
    /// The first file whose name no longer existed when the file was complete.
    private var vanished: String?

    /// The default name of a capture: `captures/INTERFACE-TIME.pcapng`.
    ///
    /// - Parameter wall: nanoseconds since 1970
    package static func standardPath(interface: String, wall: Int64) -> String {
        "captures/\(interface)-\(CaptureStamp.text(wall)).pcapng"
    }

    /// Creates the first file, and its folder where needed, and writes the header.
    ///
    /// Errors: ``SystemIO/SystemError`` with the path.
    package init(
        target: Target, description: CaptureDescription, policy: RotationPolicy, at now: Instant, wall: Int64
    ) throws(SystemError) {
        let opened = try Self.open(target, policy: policy, at: now, wall: wall)
        var header: [UInt8] = []
        let encoder = CaptureEncoder(format: opened.format, description: description)
        encoder.appendHeader(to: &header)
        var path = opened.path
        var writer = try Self.writer(&path, isGenerated: opened.isGenerated, mayRename: !policy.isActive)
        try writer.write(header.span)

        self.encoder = encoder
        isGenerated = opened.isGenerated
        rotation = opened.rotation
        rotation.record(byteCount: header.count, packets: 0)
        files = [path]
        fileStart = wall
        byteCount = UInt64(header.count)
        file = writer
        buffer.reserveCapacity(1 << 20)
    }

    /// Opens a target: creates its folder and finds its first name.
    private static func open(
        _ target: Target, policy: RotationPolicy, at now: Instant, wall: Int64
    ) throws(SystemError) -> (format: CaptureFormat, isGenerated: Bool, rotation: FileRotation, path: String) {
        switch target {
        case .standardOutput(let format):
            return (format, false, FileRotation(path: "-", policy: RotationPolicy()), "-")
        case .file(let path, let isGenerated):
            if let folder = FileSystem.folder(of: path) { try FileSystem.createFolder(folder) }
            var rotation = FileRotation(path: path, policy: policy)
            let step = rotation.handleNextFile(at: now, wall: wall)
            return (CaptureFormat(path: path), isGenerated, rotation, step.path)
        }
    }

    /// Opens the file. If a generated name is taken and may change, it becomes `NAME-2`, `NAME-3` and so on.
    private static func writer(
        _ path: inout String, isGenerated: Bool, mayRename: Bool
    ) throws(SystemError) -> FileWriter {
        if path == "-" { return .standardOutput }
        let dot = path.lastIndex(of: ".") ?? path.endIndex
        let (stem, suffix) = (path[..<dot], path[dot...])
        for number in 2...100 {
            do throws(SystemError) {
                return try FileWriter(path: path, existing: isGenerated ? .refused : .overwritten)
            } catch {
                guard error.alreadyExists, mayRename else { throw error }
                path = "\(stem)-\(number)\(suffix)"
            }
        }
        return try FileWriter(path: path, existing: .refused)
    }

    /// The bytes that a packet adds to the file, and the bytes that will still follow the last packet.
    package func recordCount(packet count: Int) -> (record: Int, reserve: Int) {
        (encoder.recordCount(packet: count), encoder.trailerCount)
    }

    /// The bytes of all files once the buffer is written.
    package var pendingByteCount: UInt64 { byteCount + UInt64(buffer.count) }
    /// The packets of all files once the buffer is written.
    package var pendingPacketCount: UInt64 { packetCount + bufferedPackets }

    /// Whether the packet of `count` bytes belongs into a new file. If so, call ``rotate(_:at:)`` first.
    package func isRotationDue(packet count: Int) -> Bool {
        rotation.isDue(adding: encoder.recordCount(packet: count), reserve: encoder.trailerCount)
    }

    /// Whether the time of the current file is over.
    package func isRotationDue(at now: Instant) -> Bool { rotation.isDue(at: now) }
    /// When ``isRotationDue(at:)`` may become true without another packet; nil where it never does.
    package var nextDeadline: Instant? { rotation.nextDeadline }

    /// Adds a packet to the buffer. O(n), no allocation in the steady state.
    package mutating func append(timestamp: Int64, originalCount: UInt32, bytes: Span<UInt8>) {
        let before = buffer.count
        encoder.appendPacket(timestamp: timestamp, originalCount: originalCount, bytes: bytes, to: &buffer)
        rotation.record(byteCount: buffer.count - before, packets: 1)
        bufferedPackets += 1
    }

    /// Writes the buffer. If that fails midway, the file is cut after its last whole record.
    package mutating func flush() throws(SystemError) {
        guard !buffer.isEmpty else { return }
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        let packets = bufferedPackets
        bufferedPackets = 0
        let before = file.byteCount
        do throws(SystemError) {
            try file.write(bytes.span)
        } catch {
            let arrived = Int(file.byteCount - before)
            let whole = encoder.wholeRecords(in: bytes, limit: arrived)
            // A pipe cannot be cut, so the part that was written stays.
            if arrived > whole.byteCount { try? file.truncate(to: before + UInt64(whole.byteCount)) }
            // Headers and statistics are written alone. A buffer that holds packets holds nothing else.
            count(packets: packets > 0 ? UInt64(whole.records) : 0, bytes: whole.byteCount)
            throw error
        }
        count(packets: packets, bytes: bytes.count)
        bytes.removeAll(keepingCapacity: true)
        swap(&bytes, &buffer)
    }

    /// Finishes the file and begins the next one.
    /// - Parameter statistics: drops since the capture began
    package mutating func rotate(_ statistics: DropStatistics, at now: Instant, wall: Int64) throws(SystemError) {
        try complete(statistics, wall: wall)
        let step = rotation.handleNextFile(at: now, wall: wall)
        var path = step.path
        file = try Self.writer(&path, isGenerated: isGenerated, mayRename: false)
        files.append(path)
        for path in step.removing {
            try FileSystem.removeFile(path)
            files.removeAll { $0 == path }
        }
        fileStart = wall
        filePackets = 0
        earlier = statistics
        let before = buffer.count
        encoder.appendHeader(to: &buffer)
        rotation.record(byteCount: buffer.count - before, packets: 0)
        try flush()
    }

    /// Writes the buffer and the statistics of the last file.
    ///
    /// Errors: ``SystemIO/SystemError``, also if a file was removed or replaced while it was written.
    package mutating func finish(_ statistics: DropStatistics, wall: Int64) throws(SystemError) {
        try complete(statistics, wall: wall)
        guard let vanished else { return }
        throw SystemError(
            action: "keep", subject: vanished, number: 0,
            detail: "it was removed or replaced while it was written, and what was captured into it is lost; record again")
    }

    /// Writes the buffer and the file's statistics, and checks that the file still exists under its name.
    private mutating func complete(_ statistics: DropStatistics, wall: Int64) throws(SystemError) {
        try flush()
        encoder.appendStatistics(
            InterfaceStatistics(
                start: fileStart, end: wall, drops: statistics.since(earlier), delivered: filePackets), to: &buffer)
        try flush()
        if vanished == nil, file.hasVanished { vanished = file.name }
    }

    private mutating func count(packets: UInt64, bytes: Int) {
        packetCount += packets
        filePackets += packets
        byteCount += UInt64(bytes)
    }
}
