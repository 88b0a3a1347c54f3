#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A description of this machine and this process.
package enum HostDescription {
    /// The processor architecture: "x86_64".
    package static var hardware: String { names.machine }
    /// The system and its release: "Linux 6.1.0".
    package static var operatingSystem: String { "\(names.system) \(names.release)" }

    /// The absolute path of the running program, or the name it was started with if the system does not report the path.
    package static var executablePath: String {
        var bytes = [CChar](repeating: 0, count: 4096)
        // readlink writes at most the array's own length, and does not terminate it.
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0 else { return CommandLine.arguments.first ?? "" }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static var names: (system: String, release: String, machine: String) {
        var answer = utsname()
        // uname fills the structure declared above.
        guard unsafe uname(&answer) == 0 else { return ("unknown", "", "unknown") }
        return (text(answer.sysname), text(answer.release), text(answer.machine))
    }

    /// The characters of a C array up to its terminating zero.
    private static func text<Characters>(_ characters: Characters) -> String {
        var copy = characters
        // The buffer is the copy's own bytes, and as long as the copy.
        return unsafe withUnsafeBytes(of: &copy) {
            unsafe String(decoding: $0.prefix(while: { $0 != 0 }), as: UTF8.self)
        }
    }
}
