#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Checks whether the process may open more files.
enum DescriptorReserve {
    /// Opens `count` descriptors and closes them again. Another thread may take them right afterwards.
    static func has(_ count: Int) -> Bool {
        let opened = (0..<count).map { _ in unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }
        for descriptor in opened where descriptor >= 0 { close(descriptor) }
        return opened.allSatisfy { $0 >= 0 }
    }
}
