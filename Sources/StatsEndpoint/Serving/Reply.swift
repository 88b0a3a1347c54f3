import Foundation
import NIOCore
import NIOHTTP1

/// An answer, before it is decided whether its body is sent.
struct Reply: Sendable {
    var status: HTTPResponseStatus
    var type: String
    var body: String
    var headers: [(name: String, value: String)] = []

    static let plainText = "text/plain; charset=utf-8"
    static let json = "application/json"
    private static let caching = "no-store"
    private static let sniffing = "nosniff"

    /// A plain text answer of one sentence.
    static func sentence(
        _ status: HTTPResponseStatus, _ text: String, headers: [(name: String, value: String)] = []
    ) -> Self {
        Self(status: status, type: plainText, body: text + "\n", headers: headers)
    }

    static func json(_ status: HTTPResponseStatus, _ value: some Encodable) -> Self {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            return Self(status: status, type: json, body: String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
        } catch {
            return .sentence(.internalServerError, "cannot be written as JSON")
        }
    }

    /// The header of the response. HEAD has the same header fields as GET (RFC 9110, section 9.3.2).
    ///
    /// - Parameters:
    ///   - version: the version of the request; the answer to an HTTP/1.0 client states that its connection stays open
    ///   - isLast: whether the connection closes after the answer
    func head(version: HTTPVersion, isLast: Bool) -> HTTPResponseHead {
        var fields: HTTPHeaders = [
            "Content-Type": type,
            "Content-Length": String(body.utf8.count),
            "Cache-Control": Self.caching,
            "Date": Self.date(Date()),
            "X-Content-Type-Options": Self.sniffing,
        ]
        for header in headers { fields.replaceOrAdd(name: header.name, value: header.value) }
        if isLast {
            fields.add(name: "Connection", value: "close")
        } else if version == .http1_0 {
            fields.add(name: "Connection", value: "keep-alive")
        }
        return HTTPResponseHead(version: .http1_1, status: status, headers: fields)
    }

    /// The fields that describe the body. The server adds those of the connection.
    var contentFields: [(name: String, value: String)] {
        [("Content-Type", type), ("Cache-Control", Self.caching), ("X-Content-Type-Options", Self.sniffing)] + headers
    }

    /// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    static func date(_ date: Date) -> String { date.formatted(dateStyle) }

    private static let dateStyle = Date.VerbatimFormatStyle(
        format: """
            \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))

    /// A value of a request for use in a sentence: at most 40 characters, without control characters for terminals.
    static func quoted(_ text: String) -> String {
        var out = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == 40 { return "'\(out)...'" }
            out.unicodeScalars.append(scalar.value < 32 || (127..<160).contains(scalar.value) ? "?" : scalar)
            count += 1
        }
        return "'\(out)'"
    }
}
