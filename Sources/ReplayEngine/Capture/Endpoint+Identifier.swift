import PacketCapture
import StatsModel
import StatsReceiver

extension Endpoint {
    /// The sender as receivers know it: 64 bits of a keyed hash, so that nobody can make up two addresses of one number.
    var identifier: SourceID {
        let hash = TableHash.process
        let address = hash.hash(low, state: hash.hash(high, state: isIPv6 ? 1 : 0))
        return SourceID(hash.hash(UInt64(port), state: address))
    }
}
