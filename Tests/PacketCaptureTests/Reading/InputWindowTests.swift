import Testing
import TestSupport

@testable import PacketCapture

@Suite struct InputWindowTests {
    @Test(
        "bytes come in order whatever is taken at a time, and the buffer stays one chunk",
        arguments: 0..<4 as Range<UInt64>)
    func order(seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let count = 3 * InputWindow.chunk + 1234
        let bytes = (0..<count / 4).flatMap { ByteOrder.big.bytes(UInt32($0)) }
        try TemporaryFile.with(bytes) { path in
            var window = try InputWindow(path: path)
            var offset = 0
            while offset < bytes.count {
                let step = min(4 * (1 + draws.below(60_000)), bytes.count - offset)
                let isHeld = try window.hold(step, packet: nil)
                #expect(isHeld && window.fileOffset == UInt64(offset), "seed \(seed)")
                #expect(window.number32(at: 0, swapped: true) == UInt32(offset / 4), "seed \(seed)")
                #expect(window.number32(at: step - 4, swapped: true) == UInt32((offset + step) / 4 - 1), "seed \(seed)")
                window.advance(step)
                offset += step
                #expect(window.bytes.count == InputWindow.chunk, "seed \(seed)")
            }
            let isMore = try window.hold(1, packet: nil)
            #expect(!isMore && window.heldCount == 0)
        }
    }

    @Test("a length that is only claimed allocates nothing")
    func claims() throws {
        try TemporaryFile.with([1, 2, 3]) { path in
            var window = try InputWindow(path: path)
            let isHeld = try window.hold(PcapngParser.longestBlock, packet: nil)
            #expect(!isHeld && window.heldCount == 3 && window.bytes.count == InputWindow.chunk)
        }
    }

    @Test("numbers are read in both byte orders at any place")
    func numbers() {
        var window = InputWindow(bytes: [9, 1, 2, 3, 4, 5, 6, 7, 8], name: "numbers")
        window.advance(1)
        let isBigMachine = 1.bigEndian == 1
        #expect(window.number16(at: 1, swapped: isBigMachine) == 0x0302)
        #expect(window.number32(at: 0, swapped: !isBigMachine) == 0x0102_0304)
        #expect(window.number64(at: 0, swapped: isBigMachine) == 0x0807_0605_0403_0201)
        #expect(window.byte(at: 7) == 8 && window.fileOffset == 1)
    }
}
