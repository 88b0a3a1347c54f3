/// A fragmented datagram that is not complete yet.
struct PartialDatagram {
    enum Answer: Equatable {
        case waiting, whole
        /// An identical fragment came before: left out.
        case repeated
        /// It overlaps or contradicts an earlier fragment: the whole datagram is refused (RFC 5722).
        case refused
    }

    /// The capture time of its first fragment to arrive.
    let arrival: Int64
    /// Distinguishes it from earlier and later datagrams with the same key.
    let serial: UInt64
    /// Captured packets that its fragments came in. A refused datagram keeps the count. A fragment takes several packets if it
    /// came in a tunnel whose own packets were fragments.
    private(set) var packets: UInt64 = 0
    private var fragments = 0
    /// The payload, up to the end of its furthest fragment.
    private(set) var bytes: [UInt8] = []
    /// The protocol that the payload begins with, from the first fragment.
    private(set) var next: UInt8 = 0
    private(set) var isRefused = false
    /// The ranges received, sorted and disjoint, each as it came.
    private var pieces: [Range<Int>] = []
    private var received = 0
    /// The payload's length; known once the last fragment came.
    private var total: Int?
    /// The fragments so far as digests (``FinishedDatagram/digest(_:at:)``), at most ``FinishedDatagram/limit``.
    private(set) var digests: [UInt64] = []

    init(arrival: Int64, serial: UInt64) {
        self.arrival = arrival
        self.serial = serial
    }

    /// Whether every fragment that came is a late copy of a fragment of `finished`. If so, this is no new datagram.
    func isLateCopy(of finished: FinishedDatagram) -> Bool {
        !isRefused && fragments == digests.count && digests.allSatisfy(finished.digests.contains)
    }

    /// Adds one fragment; `piece` is its position in the datagram. O(log fragments) in order, O(fragments) out of order.
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

    /// Releases the bytes and keeps the key, so that later fragments are refused too.
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
                // The piece is as long as the payload, and the line above grew the buffer to its end.
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[piece]).copyMemory(from: source)
            }
        }
    }

    private func holds(_ payload: Span<UInt8>, at piece: Range<Int>) -> Bool {
        for index in 0..<payload.count where bytes[piece.lowerBound + index] != payload[index] { return false }
        return true
    }

    /// The first piece that ends after `start`. Fragments that come in order need no search.
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
