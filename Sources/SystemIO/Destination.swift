import CLinuxNet

/// The destination of datagrams: a host and port over UDP, or a Unix datagram socket.
public enum Destination: Hashable, Sendable {
    /// A host name or an address. A name is resolved each time a socket is connected.
    case udp(host: String, port: UInt16)
    /// The path of a Unix datagram socket.
    case unix(path: String)

    /// Reads `host:port`, `192.0.2.1:8125`, `[::1]:8125` or `unix:/run/stats.sock`.
    ///
    /// Errors: ``DestinationError`` with the text.
    public init(parsing text: String) throws(DestinationError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), path.utf8.count <= 107, !path.utf8.contains(0) else {
                throw DestinationError(text: text, expected: "unix: and an absolute path of at most 107 bytes")
            }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else {
            throw DestinationError(text: text, expected: "host:port, [address]:port or unix:/path")
        }
        let digits = text[text.index(after: colon)...]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits), port > 0 else {
            throw DestinationError(text: text, expected: "a port from 1 to 65535 behind the colon")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw DestinationError(text: text, expected: "brackets around an IPv6 address: [::1]:8125")
        }
        guard !host.isEmpty, !host.utf8.contains(0), !host.contains(where: { $0 == "[" || $0 == "]" }) else {
            throw DestinationError(text: text, expected: "a host in front of the port")
        }
        self = .udp(host: String(host), port: port)
    }
}

extension Destination {
    /// Whether connecting needs a resolver, which may block. Host names need one; addresses and paths do not.
    public var needsResolver: Bool {
        switch self {
        // The string is terminated and outlives the call.
        case .udp(let host, _): unsafe clinuxnet_is_address(host) == 0
        case .unix: false
        }
    }
}

extension Destination: CustomStringConvertible {
    /// The text in the form that ``init(parsing:)`` reads.
    public var description: String {
        switch self {
        case .udp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

/// The error for a text that names no destination.
public struct DestinationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The text that was given.
    public let text: String
    /// The forms that are accepted, in words.
    public let expected: String

    /// The error in words, with the text and the accepted forms.
    public var description: String { "'\(text)' is no destination; expected is \(expected)" }
}
