import PacketCapture
import StatsModel
import StatsReceiver

extension Endpoint {
    /// The sender's number for receivers: 64 bits of a keyed hash, so that no sender can choose two addresses with the same
    /// number.
    var identifier: SourceID {
        let hash = TableHash.process
        let address = hash.hash(low, state: hash.hash(high, state: isIPv6 ? 1 : 0))
        return SourceID(hash.hash(UInt64(port), state: address))
    }
}
