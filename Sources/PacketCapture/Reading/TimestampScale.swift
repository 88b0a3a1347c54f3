/// The time unit and offset of a pcapng interface.
struct TimestampScale: Equatable {
    private enum Unit: Equatable {
        /// Nanoseconds per tick.
        case multiply(UInt64)
        /// Ticks per nanosecond.
        case divide(UInt64)
        /// A tick is 2^-n seconds; n is the value.
        case binary(UInt64)
        /// Ticks so fine that even 2^64 of them are less than a nanosecond.
        case vanishing
    }
    private let unit: Unit
    /// Added to every time: `if_tsoffset` in nanoseconds.
    private let offset: Int64

    /// Microseconds since 1970, the format's default.
    static let standard = TimestampScale(resolution: 6, offsetSeconds: 0)

    /// - Parameters:
    ///   - resolution: `if_tsresol`: 10 to the minus n, or 2 to the minus n where the top bit is set
    ///   - offsetSeconds: `if_tsoffset`
    init(resolution: UInt8, offsetSeconds: Int64) {
        let exponent = Int(resolution & 0x7F)
        if resolution & 0x80 != 0 {
            unit = .binary(UInt64(exponent))
        } else if exponent <= 9 {
            unit = .multiply(Self.powerOfTen(9 - exponent))
        } else if exponent <= 28 {
            unit = .divide(Self.powerOfTen(exponent - 9))
        } else {
            unit = .vanishing
        }
        let (product, overflow) = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
        offset = overflow ? (offsetSeconds < 0 ? .min : .max) : product
    }

    /// Nanoseconds since 1970. A time outside Int64 becomes the nearest value that fits.
    @inline(__always)
    func nanoseconds(_ ticks: UInt64) -> Int64 {
        let sum: Int64
        switch unit {
        case .multiply(let factor):
            let (product, overflow) = ticks.multipliedReportingOverflow(by: factor)
            sum = overflow ? .max : Int64(clamping: product)
        case .divide(let divisor): sum = Int64(clamping: ticks / divisor)
        case .binary(let shift): sum = Int64(clamping: (UInt128(ticks) * 1_000_000_000) >> UInt128(shift))
        case .vanishing: sum = 0
        }
        let (total, overflow) = sum.addingReportingOverflow(offset)
        return overflow ? (offset < 0 ? .min : .max) : total
    }

    private static func powerOfTen(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
