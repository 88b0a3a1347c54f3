/// Bounds of a ``ParityDecoder``.
package struct ParityDecoderConfiguration: Sendable, Equatable {
    /// Bytes of a datagram at most, data or parity; longer ones are not kept.
    package var maximumPacketSize = 1472
    /// Data packets kept for each session, the newest to arrive in each place of a ring. A power of two from 256, into which
    /// every possible group fits, to 65536. A parity packet can recover nothing once that many numbers have passed.
    package var packetsPerSession = 256
    /// Parity packets that wait for members, for each session; the oldest makes room. 1 to 4096.
    package var paritiesPerSession = 64
    /// Sessions kept; the one heard least recently makes room. 1 to 65536.
    package var maximumSessions = 64
    /// Recovered packets that wait to be polled; the oldest makes room. 8, as many as one group gives, to 65536.
    package var maximumUnpolled = 64

    package init() {}

    /// Bytes of datagrams held at most: sessions get theirs when they are first heard.
    package var memoryBound: Int { maximumSessions * (packetsPerSession + paritiesPerSession) * maximumPacketSize }

    /// Traps where a bound makes no sense: that is the programmer's error, not the sender's.
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
