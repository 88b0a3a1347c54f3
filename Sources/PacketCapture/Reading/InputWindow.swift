import SystemIO

/// The part of a capture that is in memory. Bytes are added at its end in large reads and removed at its front.
///
/// It holds one chunk, or one record where that is longer, whatever the file's size. Offsets in its functions count from the
/// first unread byte.
struct InputWindow: ~Copyable {
    static let chunk = 1 << 20

    /// The buffer. ``lower`` ..< ``upper`` of it is unread. Positions in it are valid until the next ``hold(_:)``.
    private(set) var bytes: [UInt8]
    private(set) var lower = 0
    private var upper = 0
    /// The position of the first unread byte in the file.
    private(set) var fileOffset: UInt64 = 0
    let name: String
    private var file: FileReader?

    init(path: String) throws(CaptureError) {
        try CaptureError.refuseDevices(path)
        do {
            let reader = try FileReader(path: path)
            name = reader.name
            file = consume reader
        } catch {
            throw CaptureError(error, file: path, packetNumber: nil, byteOffset: 0)
        }
        bytes = [UInt8](repeating: 0, count: Self.chunk)
    }

    init(_ spool: SpooledInput) {
        name = spool.name
        file = FileReader(spool)
        bytes = [UInt8](repeating: 0, count: Self.chunk)
    }

    /// A capture that is completely in memory.
    init(bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
        upper = bytes.count
        file = nil
    }

    var heldCount: Int { upper &- lower }

    /// Reads until `count` unread bytes are held. Returns false if the file ends before.
    ///
    /// - Parameter packet: the packet being read, for the error.
    @inline(__always)
    mutating func hold(_ count: Int, packet: UInt64?) throws(CaptureError) -> Bool {
        if upper &- lower >= count { return true }
        return try fill(to: count, packet: packet)
    }

    @inline(never)
    private mutating func fill(to count: Int, packet: UInt64?) throws(CaptureError) -> Bool {
        if file == nil { return false }
        moveToFront()
        while heldCount < count {
            // Doubling follows the bytes that really arrived, so a length field alone allocates nothing.
            if upper == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
            let arrived: Int
            do {
                arrived = try file?.read(into: &bytes, upper..<bytes.count) ?? 0
            } catch {
                throw CaptureError(error, file: name, packetNumber: packet, byteOffset: fileOffset &+ UInt64(heldCount))
            }
            if arrived == 0 { return false }
            upper += arrived
        }
        return true
    }

    private mutating func moveToFront() {
        guard lower > 0 else { return }
        let held = lower..<upper
        unsafe bytes.withUnsafeMutableBytes { buffer in
            // `held` lies inside the buffer, and its copy at the front is shorter than the buffer. The two may overlap.
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[held]))
        }
        upper -= lower
        lower = 0
    }

    /// Drops `count` unread bytes, which must be held.
    @inline(__always)
    mutating func advance(_ count: Int) {
        precondition(count >= 0 && count <= heldCount, "a window leaves only bytes that it holds")
        lower &+= count
        fileOffset &+= UInt64(count)
    }

    @inline(__always) func byte(at offset: Int) -> UInt8 { bytes[lower + offset] }

    @inline(__always) func number16(at offset: Int, swapped: Bool) -> UInt16 {
        let value = unsafe bytes.span.bytes.native16(at: lower + offset)
        return swapped ? value.byteSwapped : value
    }

    @inline(__always) func number32(at offset: Int, swapped: Bool) -> UInt32 {
        let value = unsafe bytes.span.bytes.native32(at: lower + offset)
        return swapped ? value.byteSwapped : value
    }

    func number64(at offset: Int, swapped: Bool) -> UInt64 {
        let value = unsafe bytes.span.bytes.native64(at: lower + offset)
        return swapped ? value.byteSwapped : value
    }

    /// The file's name for use in a command; FILE where the name would need quotes, or there is none.
    var commandName: String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: "/"), UInt8(ascii: "+"):
                true
            default: false
            }
        }
        return isPlain && !name.hasPrefix("-") ? name : "FILE"
    }

    /// The error for the header of another capture in place of the next packet; nil where there is none.
    @inline(never)
    func joinedCapture(packet: UInt64, to format: String) -> CaptureError? {
        // A further pcapng section after pcapng is part of the format.
        guard let found = CaptureSignature.header(in: bytes.span.extracting(lower..<upper)),
            found == "pcap" || format == "pcap"
        else { return nil }
        let file = commandName
        var error = unusable(
            packet: packet,
            "another capture's header (\(found)), as where files were joined with cat: split it there with "
                + "head -c \(fileOffset) \(file) > FIRST and tail -c +\(fileOffset + 1) \(file) > SECOND; mergecap -w OUT FIRST "
                + "SECOND joins captures")
        error.saysWhatToDo = true
        return error
    }

    /// The error for bytes that are not, or no longer, a capture; they begin `offset` bytes after the first unread byte.
    func unusable(packet: UInt64?, offset: Int = 0, _ reason: String) -> CaptureError {
        CaptureError(
            kind: .unusable, file: name, packetNumber: packet, byteOffset: fileOffset &+ UInt64(offset), reason: reason)
    }
}
