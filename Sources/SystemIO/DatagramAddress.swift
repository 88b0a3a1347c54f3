import CLinuxNet

/// The source address of a datagram, for answers to it. Opaque; two addresses are equal if the system's own forms are.
package struct DatagramAddress: Sendable, Hashable {
    /// Never empty.
    let value: clinuxnet_address

    /// nil if the sender has no address for an answer, such as an unnamed Unix socket.
    init?(_ value: clinuxnet_address) {
        if value.length == 0 { return nil }
        self.value = value
    }

    package static func == (a: Self, b: Self) -> Bool {
        // The system writes every byte of the words up to the length, and the bytes after it are zero.
        a.value.length == b.value.length && a.value.words == b.value.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(value.length)
        hasher.combine(value.words.0)
        hasher.combine(value.words.1)
        hasher.combine(value.words.2)
        hasher.combine(value.words.3)
    }
}

extension DatagramSocket {
    /// Sends one datagram to the source of another. Never waits. Returns false if the system did not accept it.
    package func send(_ bytes: Span<UInt8>, to address: DatagramAddress) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            var value = address.value
            // The count is that of the bytes, and the address outlives the call.
            return unsafe clinuxnet_send_to(descriptor, start, Int32(clamping: bytes.count), &value) == 0
        }
    }
}
