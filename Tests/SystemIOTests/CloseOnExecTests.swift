import Foundation
import StatsModel
import TestSupport
import Testing

@testable import SystemIO

/// No program that a service starts inherits what this library opens.
struct CloseOnExecTests {
    /// The flags of an open descriptor as the kernel lists them (`/proc/self/fdinfo`); nil where it is not open.
    private static func flags(of descriptor: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/fdinfo/\(descriptor)", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("flags:") }
        return line?.split(separator: "\t").last.flatMap { Int($0, radix: 8) }
    }

    private static func isClosedOnExec(_ descriptor: Int32) -> Bool {
        flags(of: descriptor).map { $0 & Int(O_CLOEXEC) != 0 } ?? false
    }

    private static func neverBlocks(_ descriptor: Int32) -> Bool {
        flags(of: descriptor).map { $0 & Int(O_NONBLOCK) != 0 } ?? false
    }

    @Test("sockets, connected or bound, over UDP or Unix, are closed when another program starts")
    func sockets() throws {
        let bound = try DatagramSocket(bindingAnyPortOf: "127.0.0.1")
        let boundPort = bound.localPort
        let port = try #require(boundPort)
        let connected = try DatagramSocket(connectingTo: .udp(host: "127.0.0.1", port: port))
        let bound6 = try DatagramSocket(bindingAnyPortOf: "::1")
        let path = "/tmp/statsreplay-exec-\(UInt64.random(in: 0 ... .max)).sock"
        let unix = try DatagramSocket(bindingTo: .unix(path: path))
        defer { try? FileSystem.removeFile(path) }
        let unixConnected = try DatagramSocket(connectingTo: .unix(path: path))
        let descriptors = [
            bound.descriptor, connected.descriptor, bound6.descriptor, unix.descriptor, unixConnected.descriptor,
        ]
        for descriptor in descriptors {
            #expect(Self.isClosedOnExec(descriptor) && Self.neverBlocks(descriptor))
        }
        // They stay open until here.
        _ = (bound.localPort, connected.localPort, bound6.localPort, unix.localPort, unixConnected.localPort)
    }

    @Test("so is a descriptor of another library, once it is set so")
    func others() throws {
        let descriptor = unsafe open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        #expect(descriptor >= 0 && !Self.isClosedOnExec(descriptor))
        #expect(NetworkLink.closeOnExec(descriptor) && Self.isClosedOnExec(descriptor))
    }

    @Test("so are pipes")
    func pipes() throws {
        let pipe = try PipeEnds()
        defer { for end in [pipe.readEnd, pipe.writeEnd] { close(end) } }
        let spot = try ParkingSpot()
        for end in [pipe.readEnd, pipe.writeEnd, spot.readEnd, spot.writeEnd] {
            #expect(Self.isClosedOnExec(end) && Self.neverBlocks(end))
        }
    }

    @Test("so are files, those without a name included")
    func files() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("file")
        var writer = try FileWriter(path: path, existing: .refused)
        let bytes: [UInt8] = [1, 2, 3]
        try writer.write(bytes.span)
        let reader = try FileReader(path: path)
        let spool = try SpooledInput(reading: path)
        let descriptors = [writer.descriptor, reader.descriptor, spool.descriptor]
        for descriptor in descriptors { #expect(Self.isClosedOnExec(descriptor)) }
        #expect(spool.byteCount == 3)
        // They stay open until here.
        _ = (writer.byteCount, reader.name)
    }
}
