import Foundation
import SystemIO

/// The threads of this process, on systems that list them.
enum ThreadList {
    /// Their numbers, ascending. Empty on systems without `/proc`.
    static var numbers: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return names.compactMap { Int($0) }.sorted()
    }

    /// The name that debuggers and `top` show.
    static func name(of thread: Int) -> String {
        guard var reader = try? FileReader(path: "/proc/self/task/\(thread)/comm") else { return "thread" }
        var bytes = [UInt8](repeating: 0, count: 64)
        guard let count = try? reader.read(into: &bytes, 0..<64), count > 1 else { return "thread" }
        return String(decoding: bytes[..<(count - 1)], as: UTF8.self)
    }
}
