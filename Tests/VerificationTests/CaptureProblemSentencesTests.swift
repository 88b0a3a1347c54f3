import ReplayEngine
import Testing
import Verification

@testable import PacketCapture

@Suite("Sentences about unfit captures") struct CaptureProblemSentencesTests {
    static let rows: [(CaptureProblem, String)] = [
        (.broken(packets: 7, CaptureError(kind: .unusable, file: "x", packetNumber: 8, byteOffset: 90, reason: "cut")),
            "the file is broken after packet 7: record it again, or keep what is whole (editcap BROKEN WHOLE)"),
        (.noEvents(datagrams: 3), "no stats event in 3 datagrams: see their senders"),
        (.otherPortsOnly([OtherTraffic.Port(port: 9125, datagrams: 120, looksLikeStats: true)], further: 4),
            "no datagram to the wanted ports, but 120 datagrams to port 9125, which look like StatsD and 4 to further ones: name what "
                + "is meant, such as --port 9125"),
        (.otherPortsOnly([OtherTraffic.Port(port: 53, datagrams: 1, looksLikeStats: false)], further: 0),
            "no datagram to the wanted ports, but 1 datagram to port 53: name what is meant, such as --port 53"),
        (.empty(isExplained: true), "no stats event"),
        (.empty(isExplained: false), "no stats event: record while the sender is at work"),
        (.unreadTunnels(packets: 5, [.init(name: "gre", packets: 2), .init(name: "ipip", packets: 3)]),
            "5 packets in tunnels that are not read (2 of gre, 3 of ipip): record at the tunnel's end, where the packets are bare"),
        (.tcp(segments: 1), "1 TCP segment goes to the wanted ports: only UDP is read; let the sender use UDP"),
        (.tcp(segments: 2), "2 TCP segments go to the wanted ports: only UDP is read; let the sender use UDP"),
        (.truncatedPackets(1), "1 packet was cut while capturing: record again with a larger snap length"),
        (.truncatedPackets(2), "2 packets were cut while capturing: record again with a larger snap length"),
        (.kernelDrops(9), "9 packets were dropped by the kernel: record again with a larger --buffer-size"),
        (.missingSequenceNumbers(1),
            "1 sequence number is missing: packets were lost before the capture; record nearer to the sender"),
        (.repeatedDatagrams(40, times: 3),
            "40 datagrams came exactly 3 times each: the capture seems to show one on several interfaces, which its link type does not "
                + "tell; record on one interface, or with tcpdump -i any -y LINUX_SLL2"),
        (.longEvents(1, longest: 9000, limit: 8192, fitsDatagram: true),
            "1 event is longer than the 8192 bytes that the default client sends, the longest takes 9000: run it with --client FILE, "
                + "where FILE says large_event_limit: 9000"),
        (.longEvents(2, longest: 70_000, limit: 8192, fitsDatagram: false),
            "2 events are longer than the 8192 bytes that the default client sends, the longest takes 70000: no datagram holds the "
                + "longest; its sender has to make it shorter"),
        (.metricsBeyondClient(70_000, limit: 65_536),
            "70000 distinct metrics, and the default client keeps 65536: run it with --client FILE, where FILE says metric_limit: 70000"),
        (.clockStepsBack(2, largest: 250_000_000, packet: 11),
            "the clock steps back 2 times, by up to 250 ms at packet 11: sort the file by time (reordercap IN OUT), or record with a "
                + "steady clock"),
        (.clockStepForward(40 * 86_400_000_000_000, packet: 3),
            "the clock jumps forward by 40 days at packet 3: it was set while capturing; record again, or keep what is behind "
                + "(editcap -r IN OUT 3-0)"),
        (.clockStepForward(730 * 86_400_000_000_000, packet: 3),
            "the clock jumps forward by 2 years at packet 3: it was set while capturing; record again, or keep what is behind "
                + "(editcap -r IN OUT 3-0)"),
    ]

    @Test("a problem has its count, its number and its advice", arguments: rows.indices)
    func sentence(row: Int) {
        #expect(Self.rows[row].0.sentence == Self.rows[row].1)
    }

    @Test("an error that names a remedy is given instead of general advice")
    func remedy() {
        var error = CaptureError(kind: .unusable, file: "x", packetNumber: 8, byteOffset: 90, reason: "two captures joined: split it")
        error.saysWhatToDo = true
        #expect(CaptureProblem.broken(packets: 7, error).sentence == "the file is broken after packet 7: two captures joined: split it")
    }
}
