// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A room of the house: a target, its arrows, and the strictness every room shares.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "statsreplay",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "statsreplay", targets: ["StatsReplayCLI"]),
        .library(name: "StatsClient", targets: ["StatsClient"]),
        .library(name: "StatsBuffers", targets: ["StatsBuffers"]),
        .library(name: "StatsReplay", targets: ["StatsReplay"]),
        .library(name: "StatsMetrics", targets: ["StatsMetrics"]),
        .library(name: "StatsClientService", targets: ["StatsClientService"]),
        .library(name: "StatsEndpoint", targets: ["StatsEndpoint"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        // A judge of the Protocol Buffers codec: only tests use it, so that nobody who depends on this package builds it.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"]), .brew(["libpcap"])]),
        .systemLibrary(
            name: "CDeflate", pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
        .target(name: "CLinuxNet"),
        .target(name: "CAllocationCount"),
        .target(name: "CTicks"),
        .target(name: "CChecksum"),
        .target(name: "CPrefetch"),
        room("StatsModel", ["CPrefetch"]),
        room("StatsWire", ["StatsModel", "CDeflate", "CChecksum"], exclude: ["stats.proto"]),
        room("SystemIO", ["StatsModel", "CLinuxNet"]),
        room("StatsBuffers", ["StatsModel"], exclude: ["README.md"]),
        room("StatsPipeline", ["StatsModel", "StatsWire", "StatsBuffers"]),
        room(
            "StatsClient",
            [
                "StatsModel", "StatsWire", "StatsBuffers", "StatsPipeline", "SystemIO", "CLinuxNet",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ], exclude: ["README.md"]),
        room(
            "StatsMetrics",
            ["StatsClient", "StatsPipeline", .product(name: "CoreMetrics", package: "swift-metrics")],
            exclude: ["README.md"]),
        .target(name: "CStackSampler"),
        room(
            "StatsEndpoint",
            [
                "StatsClient", "StatsPipeline", "StatsModel", "SystemIO", "CStackSampler",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ], exclude: ["README.md"]),
        room(
            "StatsClientService",
            [
                "StatsClient", "StatsModel",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ], exclude: ["README.md"]),
        room("StatsReceiver", ["StatsModel", "StatsWire"]),
        room("NetworkEmulator", ["StatsModel", "StatsWire"]),
        room("PacketCapture", ["StatsModel", "SystemIO", "CPcap"]),
        room(
            "ReplayEngine",
            [
                "StatsModel", "StatsWire", "StatsBuffers", "StatsPipeline", "StatsReceiver", "NetworkEmulator", "PacketCapture",
                "SystemIO", "CDeflate",
            ]),
        room(
            "Verification",
            [
                "StatsModel", "StatsWire", "StatsBuffers", "StatsPipeline", "StatsReceiver", "NetworkEmulator", "PacketCapture",
                "ReplayEngine", "SystemIO", "Yams",
            ]),
        room(
            "StatsReplay",
            [
                "StatsModel", "StatsWire", "StatsPipeline", "NetworkEmulator", "PacketCapture", "ReplayEngine", "Verification",
            ], exclude: ["README.md"]),
        room(
            "StatsBench",
            [
                "StatsModel", "StatsWire", "StatsBuffers", "StatsPipeline", "StatsClient", "StatsReceiver", "NetworkEmulator",
                "PacketCapture", "ReplayEngine", "SystemIO", "CAllocationCount", "CTicks",
            ]),
        .executableTarget(
            name: "StatsReplayCLI",
            dependencies: [
                "StatsModel", "StatsWire", "PacketCapture", "ReplayEngine", "Verification", "SystemIO",
                "NetworkEmulator", "StatsPipeline", "StatsClient", "StatsBench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(name: "CFork", path: "Tests/CFork"),
        .target(
            name: "TestSupport",
            dependencies: [
                "StatsModel", "StatsWire", "StatsBuffers", "StatsPipeline", "StatsReceiver", "SystemIO", "CAllocationCount",
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests(of: "StatsModel"),
        tests(of: "StatsWire", ["StatsModel", "TestSupport", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),
        tests(of: "SystemIO", ["StatsModel", "TestSupport"]),
        tests(of: "StatsBuffers", ["StatsModel", "TestSupport"]),
        tests(
            of: "StatsPipeline",
            ["StatsModel", "StatsWire", "StatsBuffers", "StatsReceiver", "CAllocationCount", "TestSupport"]),
        tests(
            of: "StatsClient",
            [
                "StatsModel", "StatsWire", "StatsBuffers", "StatsPipeline", "SystemIO", "StatsReceiver", "CAllocationCount", "CFork",
                "TestSupport", .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        tests(
            of: "StatsMetrics",
            [
                "StatsClient", "StatsPipeline", "StatsModel", "StatsWire", "StatsReceiver", "SystemIO", "CAllocationCount", "CFork",
                "TestSupport", .product(name: "Metrics", package: "swift-metrics"),
            ]),
        tests(
            of: "StatsEndpoint",
            [
                "StatsClient", "StatsPipeline", "StatsModel", "SystemIO", "CStackSampler", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        tests(
            of: "StatsClientService",
            [
                "StatsClient", "StatsBuffers", "StatsModel", "SystemIO", "StatsMetrics", "StatsEndpoint", "TestSupport",
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(of: "StatsBench", ["StatsModel", "StatsWire"]),
        tests(of: "StatsReceiver", ["StatsModel", "StatsWire", "TestSupport"]),
        tests(of: "NetworkEmulator", ["StatsModel", "StatsWire", "TestSupport"]),
        tests(of: "PacketCapture", ["StatsModel", "SystemIO", "TestSupport"]),
        tests(
            of: "ReplayEngine",
            [
                "StatsModel", "StatsWire", "StatsBuffers", "StatsPipeline", "StatsClient", "StatsReceiver", "NetworkEmulator",
                "PacketCapture", "Verification", "SystemIO", "TestSupport",
            ]),
        tests(
            of: "Verification",
            [
                "StatsModel", "StatsWire", "StatsPipeline", "ReplayEngine", "NetworkEmulator", "PacketCapture", "TestSupport",
                "Yams",
            ]),
        // Without the rooms behind it: the test sees what a user's test sees.
        tests(of: "StatsReplay"),
        tests(
            of: "StatsReplayCLI",
            [
                "StatsModel", "ReplayEngine", "StatsPipeline", "StatsClient", "NetworkEmulator", "PacketCapture", "Verification",
                "SystemIO", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ]
)

// Fuzzing (scripts/fuzz). Its flags make a package unusable as a dependency, so they exist only while that script
// asks for them, naming the toolchain's libFuzzer runtime without a main function.
if let runtime = Context.environment["STATSREPLAY_FUZZ"] {
    package.targets += [
        .target(name: "CFuzzDriver", path: "Sources/Fuzzing/CFuzzDriver"),
        .executableTarget(
            name: "StatsFuzz",
            dependencies: ["StatsModel", "StatsWire", "StatsReceiver", "PacketCapture", "CFuzzDriver", "CDeflate"],
            path: "Sources/Fuzzing/StatsFuzz", swiftSettings: strict,
            linkerSettings: [.unsafeFlags([runtime, "-lstdc++"])]),
    ]
    for target in package.targets
    where ["StatsModel", "StatsWire", "StatsReceiver", "SystemIO", "PacketCapture", "StatsFuzz"].contains(target.name) {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer"])]
    }
}

// Benchmarks (scripts/bench). Their package would come to everybody who depends on this one, with the build plugins and
// the libraries that it brings, so it joins only while that script asks for it.
if Context.environment["STATSREPLAY_BENCH"] != nil {
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []))
    package.targets.append(
        .executableTarget(
            name: "StatsBenchmarks",
            dependencies: ["StatsBench", .product(name: "Benchmark", package: "benchmark")],
            path: "Sources/Benchmarks/StatsBenchmarks", swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
}
