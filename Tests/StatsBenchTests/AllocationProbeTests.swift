import StatsBench
import Testing

@Suite(.serialized) struct AllocationProbeTests {
    @Test(
        "the count of a thread sees what a body asks for",
        .enabled(if: AllocationProbe.isCounted, "another heap stands in front of ours"))
    func counts() {
        var kept: [[Int]] = []
        kept.reserveCapacity(1)
        let count = AllocationProbe.allocations { kept.append([1, 2, 3]) }
        #expect(count == 1)
        #expect(kept.count == 1)
    }
}
