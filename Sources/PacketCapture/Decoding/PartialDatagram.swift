/// A fragmented datagram on its way to becoming whole.
struct PartialDatagram {
    enum Answer: Equatable {
        case waiting, whole
        /// The very same fragment again: left out.
        case repeated
        /// Overlaps or contradicts what is there: the datagram is refused as a whole (RFC 5722).
        case refused
    }

    /// The capture's time at its first fragment.
    let arrival: Int64
    /// Tells it from an earlier or later datagram of the same key.
    let serial: UInt64
    /// Packets whose fragments it holds; a refused datagram keeps the count. A fragment takes several packets where it came
    /// in a tunnel, in fragments itself.
    private(set) var packets: UInt64 = 0
    private var fragments = 0
    /// The payload, as far as its furthest fragment reaches.
    private(set) var bytes: [UInt8] = []
    /// What the first fragment says the payload begins with.
    private(set) var next: UInt8 = 0
    private(set) var isRefused = false
    /// What is there, sorted and disjoint; each as it came.
    private var pieces: [Range<Int>] = []
    private var received = 0
    /// Known once the last fragment is there.
    private var total: Int?
    /// The fragments so far, each as ``FinishedDatagram/digest(_:at:)`` gives it; cut at ``FinishedDatagram/limit``.
    private(set) var digests: [UInt64] = []

    init(arrival: Int64, serial: UInt64) {
        self.arrival = arrival
        self.serial = serial
    }

    /// Whether all that came is what `finished` had already: late copies of its fragments, not a new datagram.
    func isEcho(of finished: FinishedDatagram) -> Bool {
        !isRefused && fragments == digests.count && digests.allSatisfy(finished.digests.contains)
    }

    /// Adds one fragment; `piece` is where it stands in the datagram. O(log fragments) in order, O(fragments) not.
    mutating func add(
        _ payload: Span<UInt8>, at piece: Range<Int>, _ ip: IPHeader, packets count: UInt64
    ) -> Answer {
        guard !isRefused else { return refuse(count) }
        if let total, piece.upperBound > total { return refuse(count) }
        if !ip.hasMoreFragments {
            guard total == nil || total == piece.upperBound, bytes.count <= piece.upperBound else { return refuse(count) }
            total = piece.upperBound
        }
        let index = firstIndex(endingAfter: piece.lowerBound)
        if index < pieces.count, pieces[index].lowerBound < piece.upperBound {
            return pieces[index] == piece && holds(payload, at: piece) ? .repeated : refuse(count)
        }
        pieces.insert(piece, at: index)
        received += piece.count
        packets += count
        fragments += 1
        if piece.lowerBound == 0 { next = ip.next }
        store(payload, at: piece)
        if digests.count < FinishedDatagram.limit { digests.append(FinishedDatagram.digest(payload, at: piece)) }
        return received == total ? .whole : .waiting
    }

    /// Keeps the key, so that fragments to come are refused too, and lets the bytes go.
    private mutating func refuse(_ count: UInt64) -> Answer {
        isRefused = true
        packets += count
        bytes = []
        pieces = []
        return .refused
    }

    private mutating func store(_ payload: Span<UInt8>, at piece: Range<Int>) {
        if bytes.isEmpty { bytes.reserveCapacity(max(piece.upperBound, 4096)) }
        if piece.upperBound > bytes.count {
            bytes += [UInt8](repeating: 0, count: piece.upperBound - bytes.count)
        }
        unsafe payload.withUnsafeBytes { source in
            unsafe bytes.withUnsafeMutableBytes { target in
                // The piece is as long as the payload, and the buffer reaches to its end since the line above.
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[piece]).copyMemory(from: source)
            }
        }
    }

    private func holds(_ payload: Span<UInt8>, at piece: Range<Int>) -> Bool {
        for index in 0..<payload.count where bytes[piece.lowerBound + index] != payload[index] { return false }
        return true
    }

    /// The first piece that ends after `start`; fragments in order stand behind the last one at once.
    private func firstIndex(endingAfter start: Int) -> Int {
        guard let last = pieces.last, last.upperBound > start else { return pieces.count }
        var low = 0
        var high = pieces.count - 1
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].upperBound > start { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
