import Foundation
import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsModel
import TestSupport
import Testing
import Verification

@Suite("Shipped captures") struct ShippedCaptureTests {
    static let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: Checkout.captures.path)) ?? [])
        .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Checkout.captures.appendingPathComponent(name)))
    }

    /// Reads and replays the bytes as a capture. Whatever they are, this returns.
    private func use(_ bytes: [UInt8], _ what: String) throws {
        var inspection = CaptureInspection(.auto, SenderDialects())
        do throws(CaptureError) {
            var reader = try DatagramReader(bytes: bytes, name: what)
            while let datagram = try reader.next() { reader.withPayload { inspection.record(datagram, $0) } }
        } catch {
            #expect(error.kind == .unusable, "\(what): \(error)")
            #expect(error.byteOffset <= UInt64(bytes.count), "\(what): \(error)")
        }
        inspection.finish()

        let folder = try TemporaryFolder()
        let path = try folder.write(bytes, to: "damaged")
        var scenario = Scenario()
        scenario.limit = 300
        scenario.impairments.loss = Ratio(3, outOf: 100)
        do throws(CaptureError) {
            let record = try Replay.run(try CaptureIdentity(reading: path), scenario: scenario)
            #expect(Judgement(record).faults.isEmpty, "\(what): \(Judgement(record).faults)")
        } catch {
            #expect(error.kind == .unusable, "\(what): \(error)")
        }
    }

    @Test("there are at least three, under 2 MB together")
    func shipped() throws {
        #expect(Self.names.count >= 3)
        #expect(try Self.names.reduce(0) { $0 + (try bytes($1).count) } < 2_000_000)
    }

    @Test("without duplicates and wrong checksums, what is offered is the same by every rule", arguments: names)
    func rules(name: String) throws {
        let bytes = try bytes(name)
        var readings: [[String]] = []
        for duplicates in ReadingRules.Duplicates.allCases {
            for checksums in ReadingRules.Checksums.allCases {
                var rules = ReadingRules()
                (rules.duplicates, rules.checksums) = (duplicates, checksums)
                var reader = try DatagramReader(bytes: bytes, name: name, rules: rules)
                var found: [String] = []
                while let datagram = try reader.next() {
                    reader.withPayload { payload in
                        found.append("\(datagram.packetNumber) \(datagram.source) \(ByteHash.hash(payload, 0..<payload.count))")
                    }
                }
                readings.append(found)
                let notes = reader.notes
                #expect(notes.duplicateCaptures == 0 && notes.unprovenDuplicates == 0 && notes.wrongDatagrams == 0)
                #expect(notes.segmentedSuperPackets == 0 && notes.datagrams == notes.offloadedUDPChecksums)
            }
        }
        #expect(readings.allSatisfy { $0 == readings[0] } && readings[0].count > 100)
    }

    @Test("cut anywhere, each gives a result or an error, and the law holds for what was read", arguments: names)
    func truncated(name: String) throws {
        let whole = try bytes(name)
        let random = KeyedRandom(seed: 20)
        for round in 0..<14 as Range<UInt64> {
            // Half of the cuts fall near the beginning, where the headers are.
            let span = round % 2 == 0 ? UInt64(whole.count) : 2000
            let count = Int(random.draw(rule: 1, flow: UInt64(whole.count), sequence: round) % span)
            try use(Array(whole.prefix(count)), "\(name) cut to \(count) bytes")
        }
    }

    @Test("with bits flipped anywhere, each gives a result or an error, and the law holds for what was read", arguments: names)
    func flipped(name: String) throws {
        let whole = try bytes(name)
        let random = KeyedRandom(seed: 21)
        for round in 0..<24 as Range<UInt64> {
            var damaged = whole
            let span = round % 2 == 0 ? UInt64(whole.count) : 4000
            for flip in 0..<20 as Range<UInt64> {
                let draw = random.draw(rule: 2, flow: UInt64(whole.count), sequence: round, copy: flip)
                damaged[Int((draw >> 8) % span)] ^= 1 << UInt8(draw & 7)
            }
            try use(damaged, "\(name), round \(round) of seed 21")
        }
    }
}
