import StatsModel
import Testing

@testable import PacketCapture

@Suite("Which packets a capture asks the kernel for")
struct LiveFilterTests {
    @Test(
        "ports become an expression of destination ports",
        arguments: [
            (["8125"], "udp and dst port 8125"), (["8000-8010"], "udp and dst portrange 8000-8010"),
            (["9125", "8000-8010,8125"], "udp and (dst portrange 8000-8010 or dst port 8125 or dst port 9125)"),
        ])
    func expression(ports: [String], text: String) throws {
        #expect(CaptureFilter.ports(try PortSet(parsing: ports)).expression == text)
    }

    @Test("an expression of blanks is none", arguments: ["", "  ", "\n"])
    func empty(text: String) {
        let filter = CaptureFilter.expression(text)
        #expect(filter.expression.isEmpty)
        #expect(filter.kernelExpression(hasVLAN: true).isEmpty)
        #expect(!filter.selectsFragments)
    }

    private static let udp = LiveFrames.udp(to: 8125)
    private static let other = LiveFrames.udp(to: 53, from: 8125)
    private static let frames: [(name: String, frame: [UInt8], wanted: Bool)] = [
        ("IPv4 to the port", LiveFrames().ipv4(udp), true), ("IPv4 from the port", LiveFrames().ipv4(other), false),
        ("TCP to the port", LiveFrames().ipv4(udp, transport: 6), false),
        ("IPv6 to the port", LiveFrames().ipv6(udp), true), ("IPv6 from the port", LiveFrames().ipv6(other), false),
        ("tagged", LiveFrames(tags: [7]).ipv4(udp), true), ("tagged, other", LiveFrames(tags: [7]).ipv4(other), false),
        ("tagged twice", LiveFrames(tags: [7, 8]).ipv4(udp), true),
        ("tagged twice, IPv6", LiveFrames(tags: [7, 8]).ipv6(udp), true),
        ("tagged twice, other", LiveFrames(tags: [7, 8]).ipv4(other), false),
        ("first fragment", LiveFrames().ipv4(udp, more: true), true),
        // The kernel lets these through; what they belong to is found out later.
        ("first fragment, other", LiveFrames().ipv4(other, more: true), true),
        ("later fragment", LiveFrames().ipv4([1, 2, 3], offset: 1480), true),
        ("tagged fragment", LiveFrames(tags: [7]).ipv4([1, 2, 3], offset: 1480), true),
        ("IPv6 fragment", LiveFrames().ipv6(udp, headers: [LiveFrames().fragment(offset: 0, more: true)]), true),
        ("IPv6 behind options", LiveFrames().ipv6(udp, headers: [LiveFrames.hopByHop]), true),
    ]

    @Test("packets of tunnels pass, TCP in them does not where it stands at its usual place", arguments: TunnelBytes.all, [[], [0x8100]] as [[Int]])
    func tunnels(tunnel: TunnelBytes, tags: [Int]) throws {
        let expression = CaptureFilter.ports(.standard).kernelExpression(hasVLAN: true)
        let program = try FilterProgram(expression, linkType: 1, snapLength: 65_535)
        func passes(_ packet: [UInt8]) -> Bool {
            let frame = PacketBytes.ethernet(tunnel.wrap(packet), tags: tags)
            return program.matches(frame.span, originalCount: UInt32(frame.count))
        }
        let segment = PacketBytes.ipv4([UInt8](repeating: 0, count: 20), proto: 6)
        #expect(passes(TunnelBytes.inner("a:1|c")) && passes(TunnelBytes.inner("a:1|c", isIPv6: true)))
        let isUsual: Bool
        switch tunnel.kind {
        case .vxlan, .geneve, .gre, .ip: isUsual = !tunnel.isIPv6
        case .oldVXLAN, .policyVXLAN, .geneveOptions, .geneveIP, .greAll, .greEthernet, .nvgre: isUsual = false
        }
        #expect(passes(segment) != isUsual)
    }

    @Test("an expression of one's own is not extended by tunnels")
    func ownExpression() {
        #expect(!CaptureFilter.expression("udp port 1").kernelExpression(hasVLAN: true).contains("4789"))
    }

    @Test("the kernel's filter passes what is wanted, tagged or in fragments", arguments: frames)
    func kernel(name: String, frame: [UInt8], wanted: Bool) throws {
        let expression = CaptureFilter.ports(.standard).kernelExpression(hasVLAN: true)
        let program = try FilterProgram(expression, linkType: 1, snapLength: 65_535)
        #expect(program.matches(frame.span, originalCount: UInt32(frame.count)) == wanted, "\(name)")
    }

    @Test("the forms for links without tags compile there", arguments: [113, 276, 12, 0] as [Int32])
    func otherLinks(linkType: Int32) throws {
        for filter in [CaptureFilter.ports(.standard), .expression("udp or (tcp and host 10.0.0.1)")] {
            _ = try FilterProgram(
                filter.kernelExpression(hasVLAN: false), linkType: linkType, snapLength: 65_535)
        }
    }

    @Test("a filter that is none is refused in libpcap's own words")
    func bad() {
        var refusal: LiveCaptureError?
        do throws(LiveCaptureError) {
            _ = try FilterProgram("udp and and", linkType: 1, snapLength: 65_535)
        } catch { refusal = error }
        guard case .badFilter(let expression, let reason)? = refusal else {
            Issue.record("not refused as a filter: \(String(describing: refusal))")
            return
        }
        #expect(expression == "udp and and")
        #expect(reason.contains("syntax error"))
    }

    @Test("the kernel's counters add up across their 32 bits")
    func counters() {
        var counter = DropCounter()
        for (accepted, dropped) in [(10, 0), (UInt32.max, 3), (4, 3), (4, 2)] as [(UInt32, UInt32)] {
            counter.record(accepted: accepted, dropped: dropped)
        }
        #expect(counter.accepted == UInt64(UInt32.max) + 5)
        #expect(counter.dropped == UInt64(UInt32.max) + 3)
    }
}
