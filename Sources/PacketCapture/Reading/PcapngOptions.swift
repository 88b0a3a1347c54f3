/// Iterates over the options at the end of a block: code 2, length 2, value, padded to 4 bytes; code 0 ends them.
///
/// O(options); bounded by the block.
struct PcapngOptions {
    struct Option {
        var code: UInt16
        /// The position of the value, from the block's first byte.
        var offset: Int
        var count: Int
    }

    private var offset: Int
    private let end: Int
    private let isSwapped: Bool

    /// - Parameters:
    ///   - start: the position of the first option, from the block's first byte; a multiple of 4
    ///   - end: the position of the block's trailing length
    init(from start: Int, to end: Int, isSwapped: Bool) {
        offset = start
        self.end = end
        self.isSwapped = isSwapped
    }

    /// The next option; nil after the last. Throws for an option that reaches beyond its block.
    mutating func next(_ window: borrowing InputWindow, _ packet: UInt64) throws(CaptureError) -> Option? {
        guard end - offset >= 4 else { return nil }
        let code = window.number16(at: offset, swapped: isSwapped)
        let count = Int(window.number16(at: offset + 2, swapped: isSwapped))
        guard code != 0 else { return nil }
        guard count <= end - offset - 4 else {
            throw window.unusable(
                packet: packet, offset: offset,
                "an option of \(count) bytes, where its block has \(end - offset - 4) left: the file is broken here")
        }
        let option = Option(code: code, offset: offset + 4, count: count)
        offset += 4 + (count + 3) / 4 * 4
        return option
    }
}
