import StatsBench
import Testing

@Suite(.serialized) struct RingPairTests {
    @Test("a ring between two threads hands over every element once and whole, whatever its size", arguments: [2, 64, 8192])
    func whole(_ capacity: Int) throws {
        // The measurement itself traps where the sum of all bytes read differs from that of all written.
        #expect(try RingPair.wide(count: 20_000, capacity: capacity) > 0)
        #expect(try RingPair.events(count: 20_000, capacity: capacity) > 0)
    }
}
