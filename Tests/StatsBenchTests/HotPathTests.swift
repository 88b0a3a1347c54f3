import StatsBench
import Testing

/// The limits of allocations that continuous integration holds: no recording path asks the heap for anything.
@Suite(.serialized) struct HotPathTests {
    static let isCounted = AllocationProbe.isCounted

    @Test(
        "a hot path asks for no more memory than its limit, once warm",
        .enabled(if: isCounted, "another heap stands in front of ours"), arguments: HotPath.all.map(\.name))
    func allocations(_ name: String) throws {
        let path = try #require(HotPath.all.first { $0.name == name })
        let loop = try path.prepare()
        for _ in 0..<2 {
            loop.run(path.batch)
            try loop.settle()
        }
        let count = try #require(AllocationProbe.allocations { loop.run(path.batch) })
        try loop.settle()
        try loop.finish()
        // A batch may ask for a few things of its own (a receiver, an array), an operation for what its limit says.
        let limit = path.allocationLimit * Double(path.batch) + Double(path.batchAllocations)
        #expect(Double(count) <= limit, "\(name): \(count) requests in a batch of \(path.batch)")
    }

    @Test("names are distinguished, and every bar and batch makes sense")
    func names() {
        let paths = HotPath.all
        #expect(Set(paths.map(\.name)).count == paths.count)
        #expect(paths.count >= 15)
        for path in paths {
            #expect(path.batch > 0)
            #expect(path.bar.map { $0 > 0 } ?? true)
            #expect(path.allocationLimit >= 0)
        }
    }

    @Test("an operation's time is above nothing and grows with their number")
    func time() throws {
        let path = try #require(HotPath.all.first { $0.name.hasPrefix("CRC-32") })
        let loop = try path.prepare()
        _ = loop.time(1000)
        #expect(loop.time(10_000) > 0)
    }
}
