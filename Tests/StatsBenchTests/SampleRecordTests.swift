import StatsModel
import StatsWire
import Testing

@testable import StatsBench

@Suite struct SampleRecordTests {
    /// As the README's table has them; an event's separator from the next one counts with it.
    @Test("the guide's event takes as many bytes as the table of codecs says",
        arguments: [(PacketCodec.binary, 47), (.protocolBuffers, 59), (.messagePack, 91), (.json, 120)])
    func sizes(codec: PacketCodec, size: Int) {
        var builder = PacketBuilder(maximumSize: 1472, codec: codec)
        builder.begin(timestamp: UInt64(SampleRecord.guide.timestamp))
        SampleRecord.guide.encode(1, into: &builder)
        let one = builder.byteCount
        SampleRecord.guide.encode(1, into: &builder)
        #expect(builder.byteCount - one == size)
    }

    @Test("as a line of DogStatsD it takes 44, its line feed included")
    func line() {
        var builder = TextBuilder(maximumSize: 1472, dialect: .dogstatsd)
        builder.begin()
        SampleRecord.guide.encode(1, into: &builder)
        let one = builder.byteCount
        SampleRecord.guide.encode(1, into: &builder)
        #expect(builder.byteCount - one == 44)
    }
}
