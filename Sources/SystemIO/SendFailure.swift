#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why the kernel did not accept a datagram.
package enum SendFailure: UInt8, CaseIterable, Sendable {
    /// The socket's buffer is full (EAGAIN). A later attempt succeeds.
    case wouldBlock
    /// No process listens: an earlier datagram came back (ICMP port unreachable), or the Unix socket is gone.
    case refused
    /// The kernel has no memory at the moment (ENOBUFS, ENOMEM).
    case noBuffers
    /// The datagram is longer than the socket can send (EMSGSIZE).
    case messageTooLong
    /// There is no route to the host or its network, or the network is down.
    case unreachable
    case other

    /// Classifies a value of `errno`.
    package init(number: Int32) {
        switch number {
        case EAGAIN, EWOULDBLOCK: self = .wouldBlock
        case ECONNREFUSED, ENOTCONN, EDESTADDRREQ, ENOENT, ECONNRESET, EPIPE: self = .refused
        case ENOBUFS, ENOMEM: self = .noBuffers
        case EMSGSIZE: self = .messageTooLong
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: self = .unreachable
        default: self = .other
        }
    }

    /// Whether the same datagram may be accepted a moment later.
    package var isTransient: Bool { self == .wouldBlock || self == .noBuffers }
}
