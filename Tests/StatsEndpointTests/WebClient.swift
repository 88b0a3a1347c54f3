import CNIOLinux
import Dispatch
import Foundation
import Testing

/// Speaks HTTP/1.1 over one socket of its own, byte for byte.
enum WebClient {
    struct Answer {
        var status: Int
        /// Names in lower case.
        var headers: [String: String]
        var body: String

        init(parsing text: String) throws {
            let end = try #require(text.range(of: "\r\n\r\n"), "no end of the headers in \(text.debugDescription)")
            let lines = text[..<end.lowerBound].split(separator: "\r\n")
            let first = try #require(lines.first)
            status = try #require(Int(first.split(separator: " ")[1]))
            headers = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            body = String(text[end.upperBound...])
        }
    }

    /// Sends one request and reads until the server closes; on a thread of its own.
    static func request(
        _ method: String, _ target: String, port: UInt16, headers: [String] = []
    ) async throws -> Answer {
        let lines = ["\(method) \(target) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        return try Answer(parsing: try await send(lines.joined(separator: "\r\n") + "\r\n\r\n", port: port))
    }

    /// Everything that comes back before the server closes.
    static func send(_ text: String, port: UInt16) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try exchange(text, port: port) })
            }
        }
    }

    private static func exchange(_ text: String, port: UInt16) throws -> String {
        let connection = try Connection(port: port)
        connection.write(text)
        return String(decoding: connection.readToEnd(), as: UTF8.self)
    }

    /// A connection to loopback; reading gives up after some time. Closed when it goes.
    final class Connection: Sendable {
        struct Refused: Error, Equatable {
            let number: Int32
        }

        private let descriptor: Int32

        /// - Parameter patience: seconds after which reading gives up
        init(port: UInt16, patience seconds: Int = 120) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            // The address stands in a local variable of exactly that size.
            let result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            let number = errno
            // Everything is initialised, so `deinit` closes the descriptor here as well.
            guard result == 0 else { throw Refused(number: number) }
            var patience = timeval(tv_sec: seconds, tv_usec: 0)
            // Reads one value of that size.
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        /// Sends all of it, or as much as the other side takes before it closes.
        func write(_ text: String) {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                // Sends at most as many bytes as the slice holds.
                let count = unsafe bytes.withUnsafeBytes { bytes in
                    unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                bytes = bytes.dropFirst(count)
            }
        }

        /// Says that nothing more is sent.
        func endInput() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

        /// The next bytes, at least one; nil at the end.
        func read() -> [UInt8]? {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            // At most as many bytes as the array holds.
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            return count > 0 ? Array(buffer[..<count]) : nil
        }

        func readToEnd() -> [UInt8] {
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                // At most as many bytes as the array holds.
                let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return all }
                all += buffer[..<count]
            }
        }
    }
}
