import StatsBuffers
import StatsClient
import StatsModel
import StatsPipeline

/// The structures that events pass through on their way to the packet.
///
/// Each loop takes its structure `inout`, so that the exclusivity check runs once a batch.
extension HotPath {
    static var structures: [HotPath] {
        [
            HotPath("ring: push and pop") {
                var ring = SPSCRing(capacity: 8192)
                return HotLoop { cycle(&ring, $0) }
            },
            HotPath("channel: push and pop") {
                var channel = BoundedChannel(capacity: 8192)
                return HotLoop { cycle(&channel, $0) }
            },
            HotPath("shard: push and pop") {
                var buffer = ShardedBuffer(shardCount: 2, shardCapacity: 8192, sharedCapacity: 8192)
                var producer = buffer.registry.register()
                return HotLoop { cycle(&producer, &buffer, $0) }
            },
            HotPath("priority buffer: push and pop") {
                var buffer = PriorityBuffer(capacity: 8192)
                return HotLoop { cycle(&buffer, $0) }
            },
            pipeline("pipeline: record and poll", client: .standard),
            pipeline("pipeline: record and poll, with parity", client: .parity),
        ]
    }

    private static func pipeline(_ name: String, client: ClientConfiguration) -> HotPath {
        HotPath(name) {
            var configuration = client
            configuration.maximumBatchAge = .seconds(3600)
            configuration.heartbeatInterval = .seconds(3600)
            var pipeline = ClientPipeline(configuration: configuration, session: 1)
            let metric = SampleRecord.guide.register(in: &pipeline)
            return HotLoop { cycle(&pipeline, metric, $0) }
        }
    }

    @inline(__always)
    private static func event(_ number: Int, _ metric: MetricID = MetricID(0)) -> StatEvent {
        StatEvent(metric: metric, value: Double(number), timestamp: Int64(number))
    }

    private static func cycle(_ ring: inout SPSCRing, _ count: Int) {
        var sum = 0.0
        for number in 0..<count where ring.producer.push(event(number)) != .buffered { sum += 1 }
        while let event = ring.consumer.pop() { sum += event.value + event.rate + Double(event.timestamp) }
        BlackHole.swallow(sum)
    }

    private static func cycle(_ channel: inout BoundedChannel, _ count: Int) {
        var sum = 0.0
        for number in 0..<count where channel.producer.tryPush(event(number)) != .buffered { sum += 1 }
        while let event = channel.consumer.pop() { sum += event.value + event.rate + Double(event.timestamp) }
        BlackHole.swallow(sum)
    }

    private static func cycle(_ producer: inout ShardProducer, _ buffer: inout ShardedBuffer, _ count: Int) {
        var sum = 0.0
        for number in 0..<count where producer.push(event(number)) != .buffered { sum += 1 }
        let taken = buffer.consumer.drain(upTo: count) { sum += $0.value + $0.rate + Double($0.timestamp) }
        BlackHole.swallow(sum + Double(taken))
    }

    private static func cycle(_ buffer: inout PriorityBuffer, _ count: Int) {
        var sum = 0.0
        for number in 0..<count {
            let priority = EventPriority(rawValue: UInt8(truncatingIfNeeded: number & 3)) ?? .normal
            if case .refused = buffer.push(event(number), priority: priority) { sum += 1 }
        }
        while let next = buffer.pop() { sum += next.event.value + next.event.rate + Double(next.event.timestamp) }
        BlackHole.swallow(sum)
    }

    private static func cycle(_ pipeline: inout ClientPipeline, _ metric: MetricID, _ count: Int) {
        var bytes = 0
        for number in 0..<count {
            pipeline.record(event(number, metric), at: .start)
            // Works like a real worker, which drains the structure in bursts.
            if number & 63 == 63 {
                while let packet = pipeline.pollTransmit(at: .start, epoch: 0) { bytes += packet.byteCount }
            }
        }
        BlackHole.swallow(bytes)
    }
}
