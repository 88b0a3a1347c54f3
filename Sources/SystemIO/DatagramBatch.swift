import CLinuxNet

/// Buffers for the datagrams of one receive call, allocated once, and for the kernel's metadata.
package struct DatagramBatch: ~Copyable, Sendable {
    /// Bytes reserved for each datagram. A longer datagram is cut to it.
    package let stride: Int
    private var bytes: [UInt8]
    private var lengths: [UInt32]
    private var addresses: [clinuxnet_address]
    /// How many datagrams it holds.
    package private(set) var count = 0
    private var lastOverflow: UInt32 = 0
    /// Datagrams that the kernel dropped because the socket's buffer was full. The kernel reports them with a later datagram
    /// (``DatagramSocket/watchOverflow()``).
    package private(set) var overflow: UInt64 = 0

    /// - Parameter stride: bytes of the longest expected datagram; 1 to 65 536
    package init(stride: Int) {
        precondition((1...65_536).contains(stride), "a datagram has 1 to 65536 bytes")
        self.stride = stride
        bytes = Array(repeating: 0, count: stride * DatagramSocket.batchLimit)
        lengths = Array(repeating: 0, count: DatagramSocket.batchLimit)
        addresses = Array(repeating: clinuxnet_address(), count: DatagramSocket.batchLimit)
    }

    /// The source address of the datagram at `index`; nil where it cannot be answered. Traps outside `0..<count`.
    package borrowing func address(_ index: Int) -> DatagramAddress? {
        precondition(index >= 0 && index < count, "a datagram that was not received")
        return DatagramAddress(addresses[index])
    }

    /// Lends the datagram at `index` to `body`. Traps outside `0..<count`.
    package borrowing func withDatagram<Result>(_ index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        precondition(index >= 0 && index < count, "a datagram that was not received")
        let start = index * stride
        return body(bytes.span.extracting(start..<start + min(stride, Int(lengths[index]))))
    }

    mutating func fill(
        _ receive: (
            UnsafeMutablePointer<UInt8>, Int, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<clinuxnet_address>,
            UnsafeMutablePointer<UInt32>
        ) -> Int32
    ) -> Int {
        let stride = stride
        var reported = lastOverflow
        let answer = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe lengths.withUnsafeMutableBufferPointer { lengths in
                unsafe addresses.withUnsafeMutableBufferPointer { addresses -> Int32 in
                    // Each array has a place for every datagram of a batch, so none is empty.
                    guard let start = bytes.baseAddress, let first = lengths.baseAddress,
                        let from = addresses.baseAddress
                    else { return 0 }
                    return unsafe receive(start, stride, first, from, &reported)
                }
            }
        }
        // The kernel's number has 32 bits and wraps.
        overflow += UInt64(reported &- lastOverflow)
        lastOverflow = reported
        count = Int(max(0, answer))
        return count
    }
}
