import Foundation

/// Writes a target's initial corpus: built-in seeds, and parts of real captures.
enum Seeds {
    static func write(_ target: FuzzTarget, into folder: String, captures: [String]) throws {
        let place = URL(filePath: folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for (number, bytes) in target.seeds(captures: captures).enumerated() {
            try Data(bytes).write(to: place.appending(path: "seed-\(number)"))
        }
    }

    /// The first bytes of a file; empty if it cannot be read.
    static func head(of path: String, count: Int) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        return [UInt8]((try? file.read(upToCount: count)) ?? Data())
    }
}
