/// Bounds of a ``ParityDecoder``.
package struct ParityDecoderConfiguration: Sendable, Equatable {
    /// The largest datagram in bytes, data or parity. Longer datagrams are not kept.
    package var maximumPacketSize = 1472
    /// The number of data packets kept for each session, in a ring. A power of two from 256, which every possible group fits
    /// into, to 65536. A parity packet is useless once this many later numbers have arrived.
    package var packetsPerSession = 256
    /// The number of parity packets that wait for members in each session. The oldest one makes room. 1 to 4096.
    package var paritiesPerSession = 64
    /// The number of sessions. The least recently active one makes room. 1 to 65536.
    package var maximumSessions = 64
    /// The number of recovered packets that wait to be polled. The oldest one makes room. 8, the most that one group gives, to
    /// 65536.
    package var maximumUnpolled = 64

    package init() {}

    /// Traps if a bound makes no sense, since that is an error of the programmer and not of the sender.
    func check() {
        precondition((88...65_507).contains(maximumPacketSize), "a parity packet takes 88 to 65507 bytes")
        precondition(
            (256...65_536).contains(packetsPerSession) && packetsPerSession & (packetsPerSession - 1) == 0,
            "the packets kept are a power of two from 256 to 65536")
        precondition((1...4096).contains(paritiesPerSession), "1 to 4096 parities are kept")
        precondition((1...65_536).contains(maximumSessions), "1 to 65536 sessions are kept")
        precondition((8...65_536).contains(maximumUnpolled), "8 to 65536 packets wait to be polled")
    }
}
