import StatsModel

/// What of the packets that the kernel let through is kept: everything the filter matches, with all its fragments.
struct PacketSelection: ~Copyable {
    struct Verdict {
        var isKept: Bool
        var isFragment = false
        /// Fragments that came before their first one, and are kept ahead of it.
        var released: [FragmentSelector.Held] = []
    }

    private let link: LinkType
    /// nil where everything is kept.
    private let program: FilterProgram?
    private var fragments = FragmentSelector()

    init(_ filter: CaptureFilter, linkType: Int32, snapLength: Int) throws(LiveCaptureError) {
        link = LinkType(number: LinkTypeNumber.file(linkType))
        program =
            filter.selectsFragments
            ? try FilterProgram(filter.expression, linkType: linkType, snapLength: snapLength) : nil
    }

    mutating func decide(
        _ timestamp: Int64, _ originalCount: UInt32, _ bytes: Span<UInt8>, at now: Instant
    ) -> Verdict {
        guard let outline = FrameOutline(bytes, link) else { return Verdict(isKept: true) }
        // Whole and without extension headers: it came through the filter's own part.
        guard outline.fragment != nil || outline.hasExtensions, program != nil else {
            return Verdict(isKept: true)
        }
        let matches = matches(outline, bytes, originalCount)
        guard let fragment = outline.fragment else { return Verdict(isKept: matches) }
        let decision = fragments.handle(fragment.key, isFirst: fragment.offset == 0, matches: matches, at: now) {
            FragmentSelector.Held(timestamp: timestamp, originalCount: originalCount, bytes: bytes.array)
        }
        switch decision {
        case .keep: return Verdict(isKept: true, isFragment: true)
        case .keepAfter(let released): return Verdict(isKept: true, isFragment: true, released: released)
        case .leaveOut, .held: return Verdict(isKept: false, isFragment: true)
        }
    }

    /// How many fragments were left out for want of a first one.
    mutating func finish() -> UInt64 {
        fragments.finish()
        return fragments.orphanCount
    }

    /// Whether the filter matches the frame, or the frame without what hides its ports. A later fragment has no
    /// ports: there only the frame as it stands is asked.
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
    /// A copy that may be kept. O(n).
    fileprivate var array: [UInt8] {
        // The buffer is the span's own, and is copied before the call ends.
        unsafe withUnsafeBufferPointer { unsafe Array($0) }
    }
}
