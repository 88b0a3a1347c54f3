import StatsModel
package import StatsPipeline
import StatsWire

/// Random events and random small limits, the same for the same seed.
package struct RandomLoad {
    private var draws: Draws

    package init(seed: UInt64) { draws = Draws(seed: seed) }

    package mutating func draw(_ bound: Int) -> Int { draws.below(bound) }

    /// Limits that a few hundred events run into.
    package mutating func shrink(_ configuration: inout ClientConfiguration) {
        configuration.bufferCapacity = 1 << draw(7)
        configuration.batchSize = 1 + draw(12)
        configuration.maximumPacketSize = 176 + draw(300)
        // Off, hardly beyond a packet, or beyond all that is offered.
        configuration.largeEventLimit = [0, 200 + draw(400), 8192][draw(3)]
        configuration.metricLimit = 1 + draw(120)
        configuration.textCapacity = 64 + draw(1500)
        configuration.codec = TestDriver.codecs[draw(TestDriver.codecs.count)]
        configuration.maximumBatchAge = .milliseconds(Int64(draw(30)))
        configuration.heartbeatInterval = .milliseconds(Int64(1 + draw(300)))
        configuration.closingCopies = 1 + draw(4)
    }

    package mutating func offer() -> Offer {
        let type = MetricType.allCases[draw(MetricType.count)]
        // Mostly short, now and then longer than any packet.
        let length = draw(25) == 0 ? draw(700) : draw(20)
        let filler = String(repeating: "x", count: length)
        var offer = Offer(type, "metric.\(draw(30))")
        switch draw(4) {
        case 0: offer.name += filler
        case 1: offer.extra = "c:\(filler)"
        default: break
        }
        for index in 0..<draw(4) { offer.tags += (index == 0 ? "" : ",") + "t\(draw(3)):\(draw(3))" }
        if draw(15) == 0 { offer.tags += ",\(filler)" }
        offer.value = Double(draw(2000) - 1000) / 8
        offer.rate = [1, 0.5, 0.1][draw(3)]
        if draw(5) == 0 {
            offer.timestamp = TestDriver.epoch - Int64(draw(1_000_000_000))
            offer.flags.insert(.explicitTimestamp)
        }
        if type == .gauge, draw(2) == 0 { offer.flags.insert(.gaugeDelta) }
        switch type {
        case .counter, .gauge, .timing, .histogram, .distribution: break
        case .set:
            offer.text = "member\(draw(1000))\(filler)"
            offer.value = 0
        case .event, .serviceCheck:
            offer.text = draw(3) == 0 ? "" : "line\\n\(filler)\\n"
            if draw(2) == 0 { offer.flags.insert(.escapedText) }
            offer.value = type == .event ? 0 : Double(draw(4))
        }
        // What another client added up: it goes on as one record.
        if type.isAggregable, draw(10) == 0 { offer.count = UInt32(2 + draw(100_000)) }
        return offer
    }
}
