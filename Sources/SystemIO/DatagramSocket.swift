import CLinuxNet
package import StatsModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A datagram socket that never blocks: connected for sending, or bound for receiving. `deinit` closes it.
package struct DatagramSocket: ~Copyable, Sendable {
    /// The outcome of a batch: how many datagrams from its front the kernel accepted, and why it stopped.
    package enum SendResult: Equatable, Sendable {
        case sent(Int)
        /// The first datagram was not accepted.
        case failed(SendFailure)
    }

    /// The most datagrams in one call.
    package static let batchLimit = 64

    let descriptor: Int32

    /// A socket that sends to `destination`. A host name is resolved, which may block for as long as the resolver takes. Its
    /// addresses are tried in the resolver's order.
    package init(connectingTo destination: Destination) throws(SystemError) {
        // The strings are terminated and outlive each call.
        let answer =
            switch destination {
            case .udp(let host, let port): unsafe clinuxnet_connect_udp(host, String(port))
            case .unix(let path): unsafe clinuxnet_connect_unix(path)
            }
        descriptor = try Self.check(answer, "connect to", destination)
    }

    /// A socket that receives at `destination`. Port 0 is not a destination: use ``init(bindingAnyPortOf:)`` for any free port.
    package init(bindingTo destination: Destination) throws(SystemError) {
        // The strings are terminated and outlive each call.
        let answer =
            switch destination {
            case .udp(let host, let port): unsafe clinuxnet_bind_udp(host, String(port))
            case .unix(let path): unsafe clinuxnet_bind_unix(path)
            }
        descriptor = try Self.check(answer, "bind to", destination)
    }

    /// A socket that receives at a free port of this address. ``localPort`` is the port.
    package init(bindingAnyPortOf host: String) throws(SystemError) {
        // The strings are terminated and outlive the call.
        let answer = unsafe clinuxnet_bind_udp(host, "0")
        descriptor = try Self.check(answer, "bind to", .udp(host: host, port: 0))
    }

    private static func check(
        _ answer: Int32, _ action: String, _ destination: Destination
    ) throws(SystemError) -> Int32 {
        if answer >= 0 { return answer }
        // The resolver's error is not an errno value. The nearest value means that the address is not available.
        throw SystemError(
            action: action, subject: destination.description, number: answer <= -1_000_000 ? EADDRNOTAVAIL : -answer)
    }

    deinit { close(descriptor) }

    /// The UDP port of a bound socket; nil for a Unix socket.
    package var localPort: UInt16? {
        let port = clinuxnet_local_port(descriptor)
        return port > 0 ? UInt16(exactly: port) : nil
    }

    /// Sets the kernel's buffer for outgoing datagrams (`SO_SNDBUF`), in bytes. The kernel may grant less, and counts its own
    /// overhead.
    package func setSendBuffer(byteCount: Int) {
        _ = clinuxnet_set_buffer(descriptor, 1, Int32(clamping: byteCount))
    }
    /// Sets the kernel's buffer for incoming datagrams (`SO_RCVBUF`), in bytes. The kernel may grant less.
    package func setReceiveBuffer(byteCount: Int) {
        _ = clinuxnet_set_buffer(descriptor, 0, Int32(clamping: byteCount))
    }

    /// Sends datagrams that begin every `stride` bytes in `bytes`, at most ``batchLimit``. Never waits.
    ///
    /// Traps for a range outside `bytes` and for a length over `stride`.
    package func send(_ bytes: Span<UInt8>, stride: Int, lengths: Span<UInt32>) -> SendResult {
        let count = min(lengths.count, Self.batchLimit)
        for index in 0..<count {
            precondition(Int(lengths[index]) <= stride, "a datagram longer than its place")
            precondition(index * stride + Int(lengths[index]) <= bytes.count, "a datagram outside its bytes")
        }
        guard count > 0 else { return .sent(0) }
        let answer = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe lengths.withUnsafeBufferPointer { lengths -> Int32 in
                // The loop above checked all ranges. Neither is empty unless every datagram is.
                guard let start = bytes.baseAddress, let first = lengths.baseAddress else { return 0 }
                return unsafe clinuxnet_send_batch(descriptor, start, Int32(stride), first, Int32(count))
            }
        }
        return answer >= 0 ? .sent(Int(answer)) : .failed(SendFailure(number: -answer))
    }

    /// From now on the socket keeps datagrams that came back with an ICMP error, for ``nextReturned(into:)``. Returns false if
    /// it cannot: only UDP on Linux can. A send still reports `refused` once for each of these datagrams, but the error is
    /// about an *earlier* datagram.
    package func watchReturned() -> Bool { clinuxnet_watch_errors(descriptor) == 0 }

    /// The oldest datagram that came back: the number of its bytes that were quoted into `buffer`, and the reason. nil if none
    /// is left. Never waits.
    package func nextReturned(into buffer: inout [UInt8]) -> (byteCount: Int, failure: SendFailure)? {
        while true {
            var number: Int32 = 0
            let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer -> Int32 in
                guard let start = buffer.baseAddress else { return -1 }
                // The kernel writes at most the buffer's own length.
                return unsafe clinuxnet_next_error(descriptor, start, Int32(clamping: buffer.count), &number)
            }
            if count < 0 { return nil }
            if number != 0 { return (Int(count), SendFailure(number: number)) }
        }
    }

    /// Receives the next datagram into `buffer`. nil if there is none. A datagram longer than the buffer is cut. Never waits.
    package func receive(into buffer: inout [UInt8]) -> Int? {
        // The kernel writes at most the array's own length.
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        return count >= 0 ? count : nil
    }

    /// From now on, receiving into a ``DatagramBatch`` counts the datagrams dropped at the socket. Returns whether it can.
    package func watchOverflow() -> Bool { clinuxnet_watch_overflow(descriptor) == 0 }

    /// Receives up to ``batchLimit`` datagrams into `batch`, replacing its content. Returns how many. Never waits.
    package func receive(into batch: inout DatagramBatch) -> Int {
        // `fill` gives 64 places of `stride` bytes and as many lengths and addresses.
        unsafe batch.fill { bytes, stride, lengths, addresses, overflow in
            unsafe clinuxnet_receive_batch(
                descriptor, bytes, Int32(stride), lengths, addresses, Int32(Self.batchLimit), overflow)
        }
    }

    /// Sleeps until a datagram is there or the time is up. Returns whether one is there.
    package func waitToReceive(timeout: Nanoseconds) -> Bool {
        clinuxnet_wait(descriptor, 0, max(0, timeout.rawValue)) > 0
    }

    /// Sleeps until the socket accepts another datagram or the time is up. Returns whether it does.
    package func waitToSend(timeout: Nanoseconds) -> Bool {
        clinuxnet_wait(descriptor, 1, max(0, timeout.rawValue)) > 0
    }
}
