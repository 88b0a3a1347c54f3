import Testing

@testable import PacketCapture

@Suite("What goes past the wanted ports") struct OtherTrafficTests {
    @Test("ports that look like stats stand first, then the busiest; the number of datagrams is exact")
    func order() {
        var packets: [[UInt8]] = []
        for _ in 0..<50 { packets.append(TunnelBytes.inner("\u{1}\u{2}binary", port: 53)) }
        for _ in 0..<3 { packets.append(TunnelBytes.inner("web.hits:1|c|#a:b", port: 9125)) }
        for _ in 0..<4 { packets.append(TunnelBytes.inner("web.ms:1.5|ms", port: 9126)) }
        packets.append(TunnelBytes.inner("hello", port: 7))
        let capture = TunnelBytes.read(packets)
        let ports = capture.notes.other.ports(limit: 3)
        #expect(ports.map(\.port) == [9126, 9125, 53] && ports.map(\.datagrams) == [4, 3, 50])
        #expect(ports.map(\.looksLikeStats) == [true, true, false])
        #expect(capture.notes.other.ports(limit: 9).map(\.datagrams).reduce(0, +) == capture.notes.skipped.otherPort)
    }

    @Test("what a payload looks like", arguments: [
        ("a:1|c", true), ("a.b.c:1:2:3|ms|#x", true), ("_e{1,1}:a|b", true), ("_sc|name|0", true), ("SRP1....", true),
        ("g:-1|g\nb:1|c", true), ("", false), ("a:1", false), (":1|c", false), ("a|b", false), ("a:1|", false),
        ("a:|c", false), ("GET / HTTP/1.1", false), ("<34>1 host|x", false), ("a\u{0}:1|c", false),
    ])
    func likeness(text: String, isAlike: Bool) {
        #expect(StatsGuess.holds(Array(text.utf8).span) == isAlike)
    }

    @Test("the packet of the largest step of the clock is named, in both directions")
    func steps() {
        var file = PcapBytes(isNanoseconds: true)
        for time in [10, 20, 5, 6, 1_000, 900, 1_100] as [Int64] {
            file.add(PacketBytes.ethernet(TunnelBytes.inner("a:1|c")), at: time * 1_000_000_000)
        }
        let notes = ReadCapture(file.bytes).notes
        #expect(notes.clockStepsBack == 2 && notes.largestStepBack == 100_000_000_000 && notes.largestStepBackPacket == 6)
        #expect(notes.largestStepForward == 994_000_000_000 && notes.largestStepForwardPacket == 5)
    }
}
