import StatsModel
import Testing

@testable import PacketCapture

@Suite("Which fragments belong to a capture")
struct LiveSelectionTests {
    private static let wanted = LiveFrames.udp(to: 8125)
    private static let other = LiveFrames.udp(to: 9999)
    private static let later: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

    /// A datagram's fragments: the first with the given UDP header, then two more.
    private static func fragments(_ version: Int, _ first: [UInt8], _ frames: LiveFrames) -> [[UInt8]] {
        let pieces = [(first, 0, true), (later, 8, true), (later, 16, false)]
        return pieces.map { bytes, offset, more in
            version == 4
                ? frames.ipv4(bytes, offset: offset, more: more)
                : frames.ipv6(bytes, headers: [LiveFrames.hopByHop, frames.fragment(offset: offset, more: more)])
        }
    }

    private struct Run: ~Copyable {
        var selection: PacketSelection
        var kept: [[UInt8]] = []

        init(_ filter: CaptureFilter = .ports(.standard)) throws {
            selection = try PacketSelection(filter, linkType: 1, snapLength: 65_535)
        }

        mutating func take(_ frame: [UInt8], at milliseconds: UInt64 = 0) {
            let now = Instant(nanoseconds: milliseconds * 1_000_000)
            let verdict = selection.decide(Int64(milliseconds), UInt32(frame.count), frame.span, at: now)
            kept += verdict.released.map(\.bytes)
            if verdict.isKept { kept.append(frame) }
        }
    }

    @Test(
        "in any order the fragments of a matching datagram are kept and others are not",
        arguments: [4, 6], [[], [7], [7, 8]] as [[UInt16]])
    func orders(version: Int, tags: [UInt16]) throws {
        let mine = Self.fragments(version, Self.wanted, LiveFrames(tags: tags))
        let stranger = Self.fragments(version, Self.other, LiveFrames(tags: tags, identification: 9))
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var run = try Run()
            for index in order {
                run.take(stranger[index])
                run.take(mine[index])
            }
            #expect(Set(run.kept) == Set(mine), "order \(order)")
            #expect(run.kept.count == 3, "order \(order)")
            let orphans = run.selection.finish()
            #expect(orphans == 0)
        }
    }

    @Test("what is held back comes out oldest first, before the fragment that frees it")
    func releaseOrder() throws {
        let mine = Self.fragments(4, Self.wanted, LiveFrames())
        var run = try Run()
        for index in [2, 1, 0] { run.take(mine[index]) }
        #expect(run.kept == [mine[2], mine[1], mine[0]])
    }

    @Test("another sender, receiver or identification is another datagram")
    func keys() throws {
        var run = try Run()
        run.take(Self.fragments(4, Self.wanted, LiveFrames())[0])
        for frames in [LiveFrames(source: 9), LiveFrames(destination: 9), LiveFrames(identification: 9)] {
            run.take(Self.fragments(4, Self.wanted, frames)[1])
        }
        #expect(run.kept.count == 1)
        let orphans = run.selection.finish()
        #expect(orphans == 3)
    }

    @Test("a datagram is forgotten after its time, so that an identification can come round again")
    func expiry() throws {
        let mine = Self.fragments(4, Self.wanted, LiveFrames())
        var run = try Run()
        run.take(mine[0], at: 0)
        run.take(mine[1], at: 1999)
        #expect(run.kept.count == 2)
        run.take(mine[2], at: 2000)
        #expect(run.kept.count == 2)
        run.take(mine[0], at: 2001)
        #expect(run.kept.count == 4)
    }

    @Test("any number of fragments of other datagrams is held in bounded memory")
    func bounded() throws {
        var selector = FragmentSelector()
        let bytes = Array(repeating: 0 as UInt8, count: 1400)
        var copies = 0
        let count = 20_000
        for number in 0..<count {
            let owner = FragmentOwner(
                source: (0, UInt64(number)), destination: (0, 0), identification: 1, transportProtocol: 17)
            let decision = selector.handle(owner, isFirst: false, matches: false, at: .start) {
                copies += 1
                return FragmentSelector.Held(timestamp: 0, originalCount: 1400, bytes: bytes)
            }
            #expect(decision == .held || decision == .leaveOut)
        }
        // Some have to go before the end: never more are held than fit.
        #expect(selector.orphanCount >= UInt64(count - FragmentSelector.maximumHeldBytes / 1400 - 1))
        selector.finish()
        #expect(selector.orphanCount == UInt64(count))
    }

    @Test("a middle fragment of another datagram is not kept, even if it looks like a wanted one", arguments: [4, 6])
    func disguised(version: Int) throws {
        let frames = LiveFrames(tags: [7])
        let middle =
            version == 4
            ? frames.ipv4(Self.wanted, offset: 8)
            : frames.ipv6(Self.wanted, headers: [frames.fragment(offset: 8, more: false)])
        var run = try Run()
        run.take(Self.fragments(version, Self.other, frames)[0])
        run.take(middle)
        #expect(run.kept.isEmpty)
    }

    @Test("a filter that matches later fragments by itself keeps them without a first one")
    func host() throws {
        let mine = Self.fragments(4, Self.other, LiveFrames())
        var run = try Run(.expression("host 10.0.0.1"))
        run.take(mine[2])
        run.take(mine[1])
        #expect(run.kept == [mine[2], mine[1]])
    }

    @Test("IPv6 behind options is kept when its port is wanted, and only then")
    func options() throws {
        var run = try Run()
        run.take(LiveFrames().ipv6(Self.wanted, headers: [LiveFrames.hopByHop]))
        run.take(LiveFrames().ipv6(Self.other, headers: [LiveFrames.hopByHop]))
        #expect(run.kept == [LiveFrames().ipv6(Self.wanted, headers: [LiveFrames.hopByHop])])
    }

    @Test("of tunnels those are kept that hold a wanted datagram, whole or in fragments inside or outside", arguments: TunnelBytes.all)
    func tunnels(tunnel: TunnelBytes) throws {
        let text = String(repeating: "1", count: 600)
        func frames(port: Int) -> [[UInt8]] {
            var flow = PacketBytes.Flow.ipv4
            flow.destinationPort = port
            let udp = PacketBytes.udp(PacketBytes.text("a:\(text)|c"), flow)
            let inside = PacketBytes.fragments(udp, flow, size: 256, id: port).map(tunnel.wrap)
            let outside = tunnel.fragments(PacketBytes.ipv4(udp, flow), size: 256, id: port)
            let packets: [[UInt8]] = Array(inside.reversed()) + Array(outside.reversed())
            return (packets + [tunnel.wrap(PacketBytes.ipv4(udp, flow))]).map { PacketBytes.ethernet($0) }
        }
        var run = try Run()
        let (wanted, other) = (frames(port: 8125), frames(port: 9999))
        for index in wanted.indices {
            run.take(other[index])
            run.take(wanted[index])
        }
        #expect(run.kept.count == wanted.count && Set(run.kept) == Set(wanted))
        let orphans = run.selection.finish()
        #expect(orphans == 0)
    }

    @Test("a tunnel's port that is asked for by itself is kept, and what only looks like one is not")
    func tunnelPorts() throws {
        let tunnelled = PacketBytes.ethernet(TunnelBytes(kind: .vxlan).wrap(TunnelBytes.inner("a:1|c", port: 9999)))
        var run = try Run(.ports(PortSet([4789...4789])))
        run.take(tunnelled)
        #expect(run.kept == [tunnelled])
        var standard = try Run()
        standard.take(tunnelled)
        standard.take(PacketBytes.ethernet(TunnelBytes.inner("text", port: 8472)))
        standard.take(PacketBytes.ethernet(PacketBytes.ipv4([0, 1, 0x88, 0x0B, 0, 0, 0, 0], proto: 47)))
        #expect(standard.kept.isEmpty)
    }

    @Test("without a filter everything is kept")
    func everything() throws {
        var run = try Run(.expression(""))
        let frames = Self.fragments(4, Self.other, LiveFrames()) + [[1, 2, 3], LiveFrames().ipv4(Self.other)]
        for frame in frames { run.take(frame) }
        #expect(run.kept == frames)
    }

    @Test("cut and broken frames of every kind are judged without harm", arguments: [4, 6])
    func hostile(version: Int) throws {
        let seed: UInt64 = 0xF4A6
        let random = KeyedRandom(seed: seed)
        var run = try Run()
        for tags in [[], [7], [7, 8]] as [[UInt16]] {
            for frame in Self.fragments(version, Self.wanted, LiveFrames(tags: tags)) {
                for length in 0...frame.count { run.take(Array(frame[..<length])) }
                for round in 0..<2000 {
                    var broken = frame
                    let draw = random.draw(rule: 1, flow: UInt64(frame.count), sequence: UInt64(round))
                    broken[Int(draw >> 8) % broken.count] ^= UInt8(truncatingIfNeeded: draw) | 1
                    run.take(broken)
                    guard let outline = FrameOutline(broken.span, .ethernet) else { continue }
                    let plain = outline.plain(broken.span)
                    #expect(plain.count <= broken.count, "seed \(seed), round \(round)")
                }
            }
        }
        #expect(!run.kept.isEmpty)
    }
}
