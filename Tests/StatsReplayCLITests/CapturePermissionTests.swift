import Foundation
import SystemIO
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("Capturing without permission")
struct CapturePermissionTests {
    @Test(
        "it is 77 and the command that grants it; an unknown interface stays 69",
        .enabled(
            if: CaptureProcess.canDropRights || !CaptureProcess.canCapture,
            "this user may capture, and rights cannot be dropped without setpriv"))
    func unprivileged() throws {
        // A copy where everybody may go: the build's own folder may be closed to others.
        let folder = try TemporaryFolder()
        let copy = folder.path("statsreplay")
        try FileManager.default.copyItem(atPath: CaptureProcess.program, toPath: copy)
        var prefix: [String] = []
        if CaptureProcess.canDropRights, let setpriv = ExternalProgram("setpriv") {
            prefix = [setpriv.path, "--reuid=65534", "--regid=65534", "--clear-groups"]
        }
        let capture = try CaptureProcess(["lo", "--filter", "udp port 53"], prefix: prefix, program: copy)
        #expect(try capture.finish().status == 77)
        #expect(capture.transcript.contains("    sudo setcap cap_net_raw,cap_net_admin=eip \(copy)\n"))
        #expect(capture.transcript.contains("    sudo \(copy) capture lo --filter 'udp port 53'\n"))
        #expect(capture.names.isEmpty)
        let unknown = try CaptureProcess(["nosuchdevice"], prefix: prefix, program: copy)
        #expect(try unknown.finish().status == 69)
    }
}
