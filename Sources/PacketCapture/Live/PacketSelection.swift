import StatsModel

/// Selects the packets to keep among those that the kernel let through: everything the filter matches, with all fragments.
struct PacketSelection: ~Copyable {
    struct Verdict {
        var isKept: Bool
        var isFragment = false
        /// Fragments that came before their first fragment, and are kept ahead of it.
        var released: [FragmentSelector.Held] = []
    }

    private let link: LinkType
    /// nil where everything is kept.
    private let program: FilterProgram?
    private var fragments = FragmentSelector()
    /// The ports wanted inside tunnels; nil where the filter is an expression, which the user wrote for whole packets.
    private let tunnelledPorts: PortSet?

    init(_ filter: CaptureFilter, linkType: Int32, snapLength: Int) throws(LiveCaptureError) {
        tunnelledPorts = if case .ports(let ports) = filter { ports } else { nil }
        link = LinkType(number: LinkTypeNumber.file(linkType))
        program =
            filter.selectsFragments
            ? try FilterProgram(filter.expression, linkType: linkType, snapLength: snapLength) : nil
    }

    mutating func decide(
        _ timestamp: Int64, _ originalCount: UInt32, _ bytes: Span<UInt8>, at now: Instant
    ) -> Verdict {
        guard let outline = FrameOutline(bytes, link) else { return Verdict(isKept: true) }
        let inside = inside(bytes)
        // A whole packet of a tunnel: its content decides, which may be a fragment itself.
        if outline.fragment == nil, let inside {
            // A tunnel's own port may be wanted as well.
            let matches = inside.isWanted || matches(outline, bytes, originalCount)
            guard let owner = inside.fragment else { return Verdict(isKept: matches) }
            return decide(owner, isFirst: inside.isFirst, matches: matches, timestamp, originalCount, bytes, at: now)
        }
        // Whole and without extension headers: the kernel's filter matched its ports.
        guard outline.fragment != nil || outline.hasExtensions, program != nil else {
            return Verdict(isKept: true)
        }
        let matches = matches(outline, bytes, originalCount) || inside?.mayBeWanted == true
        guard let fragment = outline.fragment else { return Verdict(isKept: matches) }
        return decide(
            fragment.key, isFirst: fragment.offset == 0, matches: matches, timestamp, originalCount, bytes, at: now)
    }

    private mutating func decide(
        _ owner: FragmentOwner, isFirst: Bool, matches: Bool, _ timestamp: Int64, _ originalCount: UInt32,
        _ bytes: Span<UInt8>, at now: Instant
    ) -> Verdict {
        let decision = fragments.handle(owner, isFirst: isFirst, matches: matches, at: now) {
            FragmentSelector.Held(timestamp: timestamp, originalCount: originalCount, bytes: bytes.array)
        }
        switch decision {
        case .keep: return Verdict(isKept: true, isFragment: true)
        case .keepAfter(let released): return Verdict(isKept: true, isFragment: true, released: released)
        case .leaveOut, .held: return Verdict(isKept: false, isFragment: true)
        }
    }

    /// The content of a frame's tunnel; nil where there is no tunnel, or the filter does not ask.
    private func inside(_ frame: Span<UInt8>) -> TunnelContents? {
        guard let ports = tunnelledPorts else { return nil }
        return TunnelContents(frame, link, ports)
    }

    /// Ends the capture. Returns how many fragments were left out because their first fragment never came.
    mutating func finish() -> UInt64 {
        fragments.finish()
        return fragments.orphanCount
    }

    /// Whether the filter matches the frame, or the frame without the headers that hide its ports. A later fragment has no
    /// ports, so only the frame as it stands is matched.
    private func matches(_ outline: FrameOutline, _ bytes: Span<UInt8>, _ originalCount: UInt32) -> Bool {
        if ask(bytes, originalCount) { return true }
        if let fragment = outline.fragment, fragment.offset > 0 { return false }
        guard outline.hasExtensions || !outline.tags.isEmpty else { return false }
        return ask(outline.plain(bytes).span, originalCount)
    }

    private func ask(_ bytes: Span<UInt8>, _ originalCount: UInt32) -> Bool {
        program?.matches(bytes, originalCount: originalCount) ?? true
    }
}

extension Span<UInt8> {
    /// A copy that may be kept beyond the call. O(n).
    fileprivate var array: [UInt8] {
        // The buffer is the span's own, and is copied before the call ends.
        unsafe withUnsafeBufferPointer { unsafe Array($0) }
    }
}
