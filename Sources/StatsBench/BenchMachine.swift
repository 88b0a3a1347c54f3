import SystemIO

/// The machine of a measurement. Figures of different machines cannot be compared.
package struct BenchMachine: Codable, Sendable, Equatable {
    package var processor: String
    package var cores: Int
    /// The operating system and its release.
    package var system: String
    /// The compiler's version.
    package var swift: String
    /// Whether the program was compiled with optimization. Figures of a debug build mean nothing.
    package var isOptimized: Bool

    enum CodingKeys: String, CodingKey {
        case processor, cores, system, swift
        case isOptimized = "optimized"
    }

    /// This machine.
    package static var current: BenchMachine {
        BenchMachine(
            processor: HostDescription.processor, cores: HostDescription.processorCount,
            system: HostDescription.operatingSystem, swift: swiftVersion, isOptimized: isOptimizedBuild)
    }

    private static var swiftVersion: String {
        #if compiler(>=6.5)
            "6.5 or later"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    private static var isOptimizedBuild: Bool {
        var isDebug = false
        // The condition of an assert is evaluated in debug builds only.
        assert({ isDebug = true; return true }())
        return !isDebug
    }

    /// For example "AMD EPYC, 2 cores, Linux 6.1.0, Swift 6.3, release".
    package var line: String {
        "\(processor), \(cores) core\(cores == 1 ? "" : "s"), \(system), Swift \(swift), \(isOptimized ? "release" : "debug")"
    }
}
