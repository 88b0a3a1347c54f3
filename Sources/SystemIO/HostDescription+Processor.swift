#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension HostDescription {
    /// The number of processors online.
    package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The processor's own name, for example "AMD EPYC", or the architecture if the system does not report the name.
    package static var processor: String {
        guard let text = wholeFile("/proc/cpuinfo") else { return hardware }
        for line in text.split(separator: "\n") where line.hasPrefix("model name") {
            if let colon = line.firstIndex(of: ":") {
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
        }
        return hardware
    }

    /// Bytes of private memory that this process uses now. nil if the system does not report them. Pages of files are excluded,
    /// and with them the program's own code, which the system loads on first use and shares.
    package static var privateByteCount: Int? {
        // Fields, in pages: total size, resident pages, resident pages of files.
        guard let fields = wholeFile("/proc/self/statm")?.split(separator: " "), fields.count > 2,
            let resident = Int(fields[1]), let shared = Int(fields[2])
        else { return nil }
        return (resident - shared) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// The content of a small system file. nil if it cannot be read.
    private static func wholeFile(_ path: String) -> String? {
        guard var file = try? FileReader(path: path) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        var count = 0
        while count < bytes.count, let more = try? file.read(into: &bytes, count..<bytes.count), more > 0 { count += more }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
