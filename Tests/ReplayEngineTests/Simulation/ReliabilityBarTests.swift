import Foundation
import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsModel
import StatsPipeline
import TestSupport
import Testing
import Verification

/// What the default client must hold on every shipped capture. Ten seeds here; `run --seeds 1..200` asks two hundred.
@Suite("the default client on the shipped captures") struct ReliabilityBarTests {
    static let seeds = SeedRange(1...10)

    private static func sweep(
        _ name: String, _ client: ClientConfiguration = .standard, _ change: (inout Impairments) throws -> Void
    ) throws -> SeedSweep {
        var scenario = Scenario()
        scenario.client = client
        try change(&scenario.impairments)
        let identity = try CaptureIdentity(reading: Checkout.captures.appendingPathComponent(name).path)
        return try SeedSweep(identity, scenario: scenario, seeds: seeds)
    }

    private static func lost(_ sweep: SeedSweep, _ lossClass: LossClass) -> UInt64 {
        sweep.outcomes.reduce(0) { $0 + $1.losses[Int(lossClass.rawValue)].lost }
    }

    @Test("at 3 % loss every limit holds, no counter or critical event is lost, for less than 35 % more bytes",
        arguments: ShippedCaptureTests.names)
    func threePercent(name: String) throws {
        let sweep = try Self.sweep(name) { $0.loss = Ratio(3, outOf: 100) }
        #expect(sweep.verdict == .verified && sweep.faulty.isEmpty, "\(name)")
        #expect(Self.lost(sweep, .counter) == 0 && Self.lost(sweep, .critical) == 0, "\(name)")
        #expect(sweep.overhead.worst > 0 && sweep.overhead.worst < 35, "\(name): \(sweep.overhead)")
        let bare = try Self.sweep(name, .bare) { $0.loss = Ratio(3, outOf: 100) }
        #expect(bare.verdict == .failed && bare.faulty.isEmpty, "\(name): a client that sends nothing again breaks limits")
        #expect(bare.overhead.worst == 0, "\(name)")
    }

    @Test("parity reaches the bar at 3 % loss with four packets for sixteen, at four times the cost of asking; their XOR does not",
        arguments: ShippedCaptureTests.names)
    func parity(name: String) throws {
        func sweep(parityCount: Int) throws -> SeedSweep {
            var client = ClientConfiguration.parity
            client.parity = ParityConfiguration(groupSize: 16, parityCount: parityCount, interleave: 4)
            return try Self.sweep(name, client) { $0.loss = Ratio(3, outOf: 100) }
        }
        let four = try sweep(parityCount: 4)
        #expect(four.verdict == .verified, "\(name)")
        let asking = try Self.sweep(name) { $0.loss = Ratio(3, outOf: 100) }
        #expect(four.overhead.median > 4 * asking.overhead.median, "\(name): \(four.overhead), \(asking.overhead)")
        let xor = try sweep(parityCount: 1)
        #expect(xor.verdict == .failed && xor.faulty.isEmpty && xor.overhead.median > asking.overhead.median, "\(name)")
        let bare = try Self.sweep(name, .bare) { $0.loss = Ratio(3, outOf: 100) }
        #expect(Self.lost(xor, .timing) * 2 < Self.lost(bare, .timing), "\(name)")
    }

    @Test("at 30 % loss, and through ten seconds of silence, no critical event is lost", arguments: ShippedCaptureTests.names)
    func critical(name: String) throws {
        let third = try Self.sweep(name) { $0.loss = Ratio(30, outOf: 100) }
        #expect(Self.lost(third, .critical) == 0 && third.faulty.isEmpty, "\(name)")
        for start in ["0s", "2s", "4s"] {
            let silent = try Self.sweep(name) { $0.failures = [try DownstreamFault(parsing: "blackhole@\(start)+10s")] }
            #expect(Self.lost(silent, .critical) == 0 && silent.faulty.isEmpty, "\(name), blackhole@\(start)+10s")
        }
    }
}
