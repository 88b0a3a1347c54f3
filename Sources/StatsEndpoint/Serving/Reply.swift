import FlyingFox
import Foundation
import SystemIO

/// An answer before it is known whether its body is wanted.
struct Reply: Sendable {
    var status: HTTPStatusCode
    var type: String
    var body: String
    var headers: [(name: String, value: String)] = []

    static let plainText = "text/plain; charset=utf-8"
    static let json = "application/json"

    /// A sentence for a person.
    static func sentence(
        _ status: HTTPStatusCode, _ text: String, headers: [(name: String, value: String)] = []
    ) -> Self {
        Self(status: status, type: plainText, body: text + "\n", headers: headers)
    }

    static func json(_ status: HTTPStatusCode, _ value: some Encodable) throws -> Self {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return Self(status: status, type: json, body: String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }

    /// - Parameter withBody: false for HEAD, whose headers are those of GET (RFC 9110, section 9.3.2)
    func response(withBody: Bool) -> HTTPResponse {
        let data = Data(body.utf8)
        var headers: HTTPHeaders = [
            .contentType: type,
            .contentLength: String(data.count),
            .cacheControl: "no-store",
            .date: HTTPDate.text(SystemClock.wallNanoseconds / 1_000_000_000),
            HTTPHeader("X-Content-Type-Options"): "nosniff",
        ]
        for header in self.headers { headers[HTTPHeader(header.name)] = header.value }
        return HTTPResponse(statusCode: status, headers: headers, body: withBody ? data : Data())
    }
}
