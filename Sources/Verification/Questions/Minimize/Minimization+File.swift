import PacketCapture
import ReplayEngine
package import SystemIO

extension Minimization {
    /// The smallest capture as the bytes of a pcapng file: raw IP packets with the captured times and ports, and a comment that
    /// names its origin.
    ///
    /// - Parameter application: the writing program, such as "statsreplay 0.1.0"
    package func file(application: String) -> [UInt8] {
        let encoder = CaptureEncoder(
            format: .pcapng,
            description: CaptureDescription(
                linkType: DatagramFrame.linkType, snapLength: 0, hasNanoseconds: true, interface: "statsreplay minimize",
                application: application, comment: comment))
        var bytes: [UInt8] = []
        encoder.appendHeader(to: &bytes)
        var frame: [UInt8] = []
        for index in excerpt.indices {
            let datagram = excerpt[index]
            frame.removeAll(keepingCapacity: true)
            excerpt.withPayload(of: index) {
                DatagramFrame.append(from: datagram.source, to: datagram.destination, payload: $0, into: &frame)
            }
            encoder.appendPacket(
                timestamp: datagram.timestamp, originalCount: UInt32(frame.count), bytes: frame.span, to: &bytes)
        }
        return bytes
    }

    private var comment: String {
        "\(excerpt.count) of \(whole.source.datagrams) datagrams of \(whole.capture.name) (\(whole.capture.digest)), as"
            + " `\(RunVerification.command(whole))` fails with them: \(reason)"
    }

    /// Writes ``file(application:)`` as a whole or not at all. An existing file at the path is replaced.
    ///
    /// Errors: ``SystemIO/SystemError`` with the path.
    package func write(to path: String, application: String) throws(SystemError) {
        try FileSystem.replaceFile(path, with: file(application: application).span)
    }

    /// The arguments of the command that repeats the run with the file at `path`, without the program's own name. The command
    /// ignores golden files, so that it fails anywhere.
    package func command(_ path: String) -> [String] {
        ["run", path] + scenario.arguments + ["--golden", "none"]
    }
}
