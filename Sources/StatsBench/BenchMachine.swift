import SystemIO

/// What a measurement was made on; figures of different machines are not to be compared.
package struct BenchMachine: Codable, Sendable, Equatable {
    package var processor: String
    package var cores: Int
    package var system: String
    package var swift: String
    /// Whether the program was compiled with optimization; figures of a debug build say nothing.
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
        // The condition of an assert runs in debug builds alone.
        assert({ isDebug = true; return true }())
        return !isDebug
    }

    /// "AMD EPYC, 2 cores, Linux 6.1.0, Swift 6.3, release".
    package var line: String {
        "\(processor), \(cores) core\(cores == 1 ? "" : "s"), \(system), Swift \(swift), \(isOptimized ? "release" : "debug")"
    }
}
