import NetworkEmulator
import PacketCapture
import ReplayEngine
import StatsClient
import StatsModel
import StatsPipeline

/// The test harness's work on a capture.
extension HotPath {
    static var harness: [HotPath] {
        [
            HotPath("capture: read one packet", allocationLimit: 1, batchAllocations: 40, batch: 4000) {
                let bytes = SampleCapture.bytes(packets: 4000)
                return HotLoop { count in
                    var taken = 0
                    while taken < count {
                        guard var reader = try? DatagramReader(bytes: bytes, name: "bench"),
                            let first = Self.readAll(&reader, atMost: count - taken), first > 0
                        else { preconditionFailure("a capture of our own is readable") }
                        taken += first
                    }
                    BlackHole.swallow(taken)
                }
            },
            replay("run: replay one event at 3 % loss, nothing retransmitted", client: .bare, allocationLimit: 6),
            // Allocations in a debug build, for the receiver's answers and for packets that wait for retransmission.
            replay("run: replay one event at 3 % loss", client: .standard, allocationLimit: 8),
            replay("run: replay one event at 3 % loss, with parity", client: .parity, allocationLimit: 8),
        ]
    }

    private static func replay(_ name: String, client: ClientConfiguration, allocationLimit: Double) -> HotPath {
        HotPath(name, allocationLimit: allocationLimit, batch: 20_000) {
            let file = try SampleCapture(packets: 20_000)
            let identity = try CaptureIdentity(reading: file.path)
            var scenario = Scenario()
            scenario.client = client
            scenario.impairments.loss = Ratio(3, outOf: 100)
            return HotLoop(
                { count in
                    var done = 0
                    while done < count {
                        guard let record = try? Replay.run(identity, scenario: scenario) else {
                            preconditionFailure("a capture of our own is readable")
                        }
                        BlackHole.swallow(record)
                        done += SampleCapture.eventsPerPacket * 20_000
                    }
                }, end: { file.remove() })
        }
    }

    /// Reads up to `limit` datagrams and returns how many; nil if the capture is broken.
    private static func readAll(_ reader: inout DatagramReader, atMost limit: Int) -> Int? {
        var count = 0
        do {
            while count < limit, let datagram = try reader.next() {
                BlackHole.swallow(datagram)
                count += 1
            }
        } catch {
            return nil
        }
        return count
    }
}
