import Foundation
import PacketCapture
import StatsModel
import TestSupport
import Testing

@testable import StatsReplayCLI

@Suite("Capturing on a cable", .enabled(if: CaptureNetwork.isPossible, "network namespaces cannot be made here"))
struct CaptureFragmentTests {
    @Test(
        "all fragments of a wanted datagram are in the file, and none of another",
        arguments: [["--port", "8125"], ["--filter", "udp dst port 8125"]], ["10.99.0.2", "fd99::2"])
    func fragments(options: [String], address: String) throws {
        let network = try CaptureNetwork()
        // Two wanted datagrams, of two fragments and of one packet.
        let capture = try CaptureProcess(
            ["cable", "-o", "a.pcapng", "--packets", "3", "--json"] + options, prefix: network.atFar)
        try capture.waitUntilCapturing()
        try network.send(2000, to: address, port: 9999)
        try network.send(2000, to: address, port: 8125)
        try network.send(100, to: address, port: 8125)
        let (status, output) = try capture.finish()
        #expect(status == 0, "\(capture.transcript)")
        let object = try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        #expect(object["fragments"] as? Int == 2)
        var reader = try DatagramReader(path: "\(capture.folder)/a.pcapng")
        var found: [Int] = []
        while let datagram = try reader.next() { found.append(datagram.payloadCount) }
        #expect(found == [2000, 100])
        #expect(reader.notes.packets == 3)
        #expect(reader.notes.skipped == SkippedCounts())
    }

    @Test("a device that goes down or away ends the capture with 69, its file whole", arguments: [true, false])
    func lostDevice(isRemoved: Bool) throws {
        let network = try CaptureNetwork()
        let capture = try CaptureProcess(["cable", "-o", "a.pcapng"], prefix: network.atFar)
        try capture.waitUntilCapturing()
        try network.send(100, to: "10.99.0.2", port: 8125)
        if isRemoved { try network.removeCable() } else { try network.cutCable() }
        #expect(try capture.finish().status == 69)
        #expect(capture.transcript.contains(isRemoved ? "interface cable is gone" : "interface cable went down"))
        var reader = try DatagramReader(path: "\(capture.folder)/a.pcapng")
        while try reader.next() != nil {}
        #expect(reader.notes.datagrams == 1)
    }

    @Test("a device that is down is not captured on, and the sentence says how to bring it up")
    func down() throws {
        let network = try CaptureNetwork()
        try network.cutCable()
        let capture = try CaptureProcess(["cable"], prefix: network.atFar)
        #expect(try capture.finish().status == 69)
        #expect(capture.transcript.contains("interface cable is down; bring it up: sudo ip link set cable up"))
    }
}
