import PacketCapture
import StatsModel
import Testing

@testable import ReplayEngine

@Suite("Recent endpoints") struct RecentEndpointsTests {
    @Test("an endpoint's value is the one kept last, or none: never that of another", arguments: [1, 7] as [UInt64])
    func model(seed: UInt64) {
        var recent = RecentEndpoints<Int>()
        var model: [Endpoint: Int] = [:]
        let random = KeyedRandom(seed: seed)
        var found = 0
        for step in 0..<20_000 as Range<UInt64> {
            let draw = random.draw(rule: 1, flow: 0, sequence: step)
            let port = UInt16(40_000 + draw >> 16 & 7)
            let endpoint = Endpoint(isIPv6: draw & 1 == 0, high: draw >> 1 & 1, low: 0x0A00_0000 | draw >> 8 & 7, port: port)
            if let value = recent[endpoint] {
                found += 1
                #expect(value == model[endpoint], "seed \(seed), step \(step)")
            }
            recent[endpoint] = Int(step)
            model[endpoint] = Int(step)
        }
        #expect(found > 100, "seed \(seed)")
    }

    @Test("four senders that alternate are all remembered")
    func senders() {
        var recent = RecentEndpoints<Int>()
        let senders = (1...4).map { Endpoint(isIPv6: false, high: 0, low: 0x0A00_0100 | UInt64($0), port: UInt16(40_000 + $0)) }
        for (number, sender) in senders.enumerated() { recent[sender] = number }
        #expect(senders.map { recent[$0] } == [0, 1, 2, 3])
    }
}
