import PacketCapture
import StatsWire

/// An excerpt divided into pieces that can be left out one by one: the lines of its text, and each value of a line with several
/// values. A sequenced packet is one piece. ``CaptureExcerpt/asText()`` turns packets into lines.
package struct ExcerptPieces: Sendable {
    private struct Piece: Sendable {
        /// The datagram's index in the excerpt.
        var datagram: Int
        var bytes: [UInt8]
    }

    private let excerpt: CaptureExcerpt
    private var pieces: [Piece] = []

    /// O(bytes).
    package init(_ excerpt: CaptureExcerpt) {
        self.excerpt = excerpt
        for index in excerpt.indices {
            let payload = excerpt.payload(of: index)
            if PacketHeader.isSequenced(payload.span) {
                pieces.append(Piece(datagram: index, bytes: Array(payload)))
                continue
            }
            for line in payload.split(separator: UInt8(ascii: "\n")) {
                for value in Self.values(of: Array(line)) { pieces.append(Piece(datagram: index, bytes: value)) }
            }
        }
    }

    package var count: Int { pieces.count }

    /// The excerpt with only these pieces, whose indices must ascend. Datagrams without pieces are removed. O(bytes kept).
    package func keeping(_ kept: some Sequence<Int>) -> CaptureExcerpt {
        var part = CaptureExcerpt()
        var payload: [UInt8] = []
        var open: Int?
        for index in kept {
            let piece = pieces[index]
            if let datagram = open, datagram != piece.datagram {
                part.append(excerpt[datagram], payload.span)
                payload = []
            } else if open != nil {
                payload.append(UInt8(ascii: "\n"))
            }
            open = piece.datagram
            payload += piece.bytes
        }
        if let open { part.append(excerpt[open], payload.span) }
        return part
    }

    /// Splits `name:1:2|ms|#tag` into `name:1|ms|#tag` and `name:2|ms|#tag`. Every other line stays as it is.
    ///
    /// Lines of events and checks begin with an underscore and stay whole. Etsy's packs, where further values follow a type, stay
    /// whole too, since their parts do not share the fields at the end.
    static func values(of line: [UInt8]) -> [[UInt8]] {
        guard line.first != UInt8(ascii: "_"), let colon = line.firstIndex(of: UInt8(ascii: ":")),
            let bar = line[colon...].firstIndex(of: UInt8(ascii: "|"))
        else { return [line] }
        let typeEnd = line[(bar + 1)...].firstIndex { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: ":") } ?? line.count
        let isPack = typeEnd < line.count && line[typeEnd] == UInt8(ascii: ":")
        // A set's member may contain colons.
        let isSet = line[(bar + 1)..<typeEnd].elementsEqual(CollectionOfOne(UInt8(ascii: "s")))
        let values = line[(colon + 1)..<bar].split(separator: UInt8(ascii: ":"))
        guard !isPack, !isSet, values.count > 1 else { return [line] }
        return values.map { Array(line[...colon]) + Array($0) + Array(line[bar...]) }
    }
}
