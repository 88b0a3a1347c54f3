#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension HostDescription {
    /// Processors that this system runs on now.
    package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The processor as it names itself: "AMD EPYC"; the architecture where the system does not tell.
    package static var processor: String {
        guard let text = wholeFile("/proc/cpuinfo") else { return hardware }
        for line in text.split(separator: "\n") where line.hasPrefix("model name") {
            if let colon = line.firstIndex(of: ":") {
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
        }
        return hardware
    }

    /// Bytes of memory that this process has touched and still holds, pages of files aside (the program's own code, which
    /// the system reads when it is first run, and shares); nil where the system does not tell.
    package static var privateByteCount: Int? {
        // Pages: size, those resident, those of files among them.
        guard let fields = wholeFile("/proc/self/statm")?.split(separator: " "), fields.count > 2,
            let resident = Int(fields[1]), let shared = Int(fields[2])
        else { return nil }
        return (resident - shared) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// A small file of the system's; nil where it cannot be read.
    private static func wholeFile(_ path: String) -> String? {
        guard var file = try? FileReader(path: path) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 1 << 14)
        var count = 0
        while count < bytes.count, let more = try? file.read(into: &bytes, count..<bytes.count), more > 0 { count += more }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
