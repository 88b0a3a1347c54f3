import StatsModel
import Testing

@Suite("Units") struct UnitTests {
    @Test("durations are read with their unit", arguments: [
        ("250ms", 250_000_000), ("1.5s", 1_500_000_000), ("20us", 20_000), ("20µs", 20_000), ("2m", 120_000_000_000),
        ("1h", 3_600_000_000_000), ("800ns", 800), ("0", 0), ("3 s", 3_000_000_000),
    ] as [(String, Int64)])
    func durations(text: String, nanoseconds: Int64) throws {
        #expect(try Nanoseconds(parsing: text) == Nanoseconds(nanoseconds))
    }

    @Test("durations without unit, below zero or beyond 292 years are refused", arguments: ["5", "-1s", "s", "", "1y", "99999999999h"])
    func badDurations(text: String) {
        #expect(throws: UnitError.self) { try Nanoseconds(parsing: text) }
    }

    @Test("a duration's description reads back", arguments: [0, 1, 999, 1_000, 1_500_000, 2_000_000_000, 61_000_000_001] as [Int64])
    func durationRoundTrip(nanoseconds: Int64) throws {
        #expect(try Nanoseconds(parsing: Nanoseconds(nanoseconds).description) == Nanoseconds(nanoseconds))
    }

    @Test("a Duration is taken over in whole nanoseconds, and at most 292 years of it", arguments: [
        (.nanoseconds(1_500), 1_500), (.milliseconds(250), 250_000_000), (.seconds(-2), -2_000_000_000), (.zero, 0),
        (Duration(secondsComponent: 3, attosecondsComponent: 999_999_999), 3_000_000_000),
        (.seconds(Int64.max), .max), (.seconds(Int64.min), .min), (.seconds(9_223_372_036) + .milliseconds(900), .max),
    ] as [(Duration, Int64)])
    func durationsTakenOver(duration: Duration, nanoseconds: Int64) {
        #expect(Nanoseconds(duration).rawValue == nanoseconds)
    }

    @Test("sizes are read with binary and decimal units", arguments: [
        ("1500", 1500), ("64KiB", 65536), ("64K", 65536), ("2MB", 2_000_000), ("1GiB", 1_073_741_824), ("1.5k", 1536),
    ])
    func sizes(text: String, bytes: Int) throws {
        #expect(try ByteCount(parsing: text).bytes == bytes)
    }

    @Test("sizes that are none are refused", arguments: ["", "MB", "-1", "1.3", "1TB", "9e18"])
    func badSizes(text: String) {
        #expect(throws: UnitError.self) { try ByteCount(parsing: text) }
    }

    @Test("instants saturate and never run backwards")
    func instants() {
        #expect(Instant(nanoseconds: .max) + .seconds(1) == Instant(nanoseconds: .max))
        #expect(Instant(nanoseconds: 5) - Instant(nanoseconds: 9) == .zero)
        #expect(Instant(nanoseconds: 9) - Instant(nanoseconds: 5) == Nanoseconds(4))
    }
}
