import Testing

@testable import PacketCapture

@Suite struct TimestampScaleTests {
    @Test(
        "ticks become nanoseconds at every resolution",
        arguments: [
            (6, 1_700_000_000_123_456, 0, 1_700_000_000_123_456_000),
            (9, 1_700_000_000_123_456_789, 0, 1_700_000_000_123_456_789),
            (0, 5, 0, 5_000_000_000), (3, 5, 1, 1_005_000_000), (12, 1_500, 0, 1),
            (28, 10_000_000_000_000_000_000, 0, 1),
            (29, .max, 0, 0), (127, .max, 2, 2_000_000_000),
            (0x80, 3, 0, 3_000_000_000), (0x80 | 1, 3, 0, 1_500_000_000),
            (0x80 | 30, 1 << 30 + 1 << 29, 0, 1_500_000_000),
            (0x80 | 63, .max, 0, 1_999_999_999), (0xFF, .max, 0, 0), (6, 0, -7, -7_000_000_000),
        ] as [(UInt8, UInt64, Int64, Int64)])
    func conversion(resolution: UInt8, ticks: UInt64, offset: Int64, nanoseconds: Int64) {
        #expect(TimestampScale(resolution: resolution, offsetSeconds: offset).nanoseconds(ticks) == nanoseconds)
    }

    @Test(
        "times that Int64 cannot hold become the nearest that it can, for every resolution and offset",
        arguments: 0...255)
    func saturation(resolution: Int) {
        for offset in [Int64.min, -1, 0, 1, .max] {
            let scale = TimestampScale(resolution: UInt8(resolution), offsetSeconds: offset)
            var last = Int64.min
            for ticks in [0, 1, 1 << 32, 1 << 62, 1 << 63, UInt64.max] {
                let time = scale.nanoseconds(ticks)
                #expect(time >= last)
                last = time
            }
        }
        #expect(TimestampScale(resolution: 0, offsetSeconds: 0).nanoseconds(.max) == .max)
    }
}
