// swift-tools-version: 6.2
import PackageDescription

// Requests nearly always take the same branches: the compiler lays out and inlines by how often each was taken. 7 to 9 %
// less of the processor's time with 64 connections, with a single one, and with a connection for each request. How it is
// had: Tests/Benchmarks/SideBySide/branchprofile.py.
#if compiler(>=6.3)
let countsBranches = Context.environment["CARTOUCHE_COUNTS_BRANCHES"] != nil
let branches: [SwiftSetting] = [
    .unsafeFlags(
        [
            "-Xfrontend",
            countsBranches ? "-ir-profile-generate" : "-ir-profile-use=\(Context.packageDirectory)/deploy/branches.profdata",
            // What is private goes by the name of its module's first file, without the path, which is another elsewhere.
            "-Xllvm", "-static-func-full-module-prefix=false",
        ], .when(platforms: [.linux], configuration: .release))
]
#else
let countsBranches = false
let branches: [SwiftSetting] = []
#endif

// Every module of ours is compiled under the same rules: data-race safety, memory safety that
// must be waived by the word `unsafe` at each place, and no warning left standing.
let rules: [SwiftSetting] = branches + [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .unsafeFlags(["-Xfrontend", "-function-sections"], .when(platforms: [.linux], configuration: .release)),
]

// The functions that requests run stand side by side in the program, which has tens of megabytes: 3 to 13 % less of the
// processor's time outside the kernel with a connection for each request, 4 to 11 % with a single one. How they are found:
// Tests/Benchmarks/SideBySide/hotfunctions.py.
let orderOfFunctions: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/deploy/hot-functions",
            "-Xlinker", "--no-warn-symbol-ordering",
        ] + (countsBranches ? ["-profile-generate"] : []), .when(platforms: [.linux], configuration: .release))
]

// Modules of which each request runs thousands of lines do without the runtime's checks of exclusive access where the
// compiler could not prove it: a seventh of a small request's instructions. Debug builds keep them, which the unit tests
// and the sanitizers run.
let rulesWhereEachRequestPasses: [SwiftSetting] =
    rules + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

// Tests check behaviour; they may reach for unsafe conveniences without saying so.
let testRules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
]

func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [],
    tested with: [Target.Dependency] = [], under rules: [SwiftSetting] = rules
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: rules),
        .testTarget(
            name: name + "Tests",
            dependencies: [.byName(name: name), "TestSupport"] + dependencies + with,
            swiftSettings: testRules),
    ]
}

// Imports point one way: a module may import those listed above it, never those below.
let modules: [[Target]] = [
    module("Secrets"),
    module("JSON"),
    module("Wire"),
    module("Policy", ["JSON", "Wire"]),
    module("Admission", ["Wire"]),
    module("Credentials", ["JSON", "Secrets"]),
    module("Compression", ["CZlib"]),
    module("Rewriting", ["Compression", "Secrets", "CVector"], under: rulesWhereEachRequestPasses),
    module("Sealing", ["Secrets", "COpenSSL"]),
    module("OwnFiles"),
    module("TokenStore", ["Secrets", "Credentials", "OwnFiles", "Sealing"]),
    module("ClientKeys", ["JSON", "Wire", "Policy", "Secrets", "COpenSSL"]),
    module("TLS", ["COpenSSL"]),
    module("Transport", ["CSystem", "Secrets", "TLS"], under: rulesWhereEachRequestPasses),
    module("Confinement", ["CSystem", "Secrets"], tested: [.target(name: "ConfinementProbe"), "Transport"]),
    module("Observability", ["JSON", .product(name: "Logging", package: "swift-log")]),
    module("KeyStore", ["ClientKeys", "OwnFiles", "Policy", "Secrets"]),
    module("Audit", ["JSON", "Observability", "Secrets", "COpenSSL"]),
    module("AuditTrail", ["Audit", "OwnFiles", "Secrets"]),
    module(
        "Upstream", ["Wire", "Credentials", "Secrets", "TLS", "Transport"], under: rulesWhereEachRequestPasses),
    module(
        "Proxy",
        [
            "Admission", "Audit", "AuditTrail", "ClientKeys", "Compression", "Credentials", "JSON", "Observability",
            "Policy", "Rewriting", "Secrets", "TLS", "TokenStore", "Transport", "Upstream", "Wire",
        ], under: rulesWhereEachRequestPasses),
    module(
        "Configuration", ["Credentials", "Policy", "Secrets", "Wire", .product(name: "Yams", package: "Yams")],
        resources: [.embedInCode("Resources/routes.yaml")]),
    module("Control", ["CSystem"]),
    module("Sandbox", ["Compression", "Secrets", "TLS", "Transport", "Wire"]),
]

let package = Package(
    name: "cartouche",
    platforms: [.macOS("26.0")],
    products: [.executable(name: "cartouche", targets: ["cartouche"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libssl",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CSystem"),
        .systemLibrary(name: "CVector"),
        .target(
            name: "TestSupport", dependencies: ["Compression", "Policy", "Rewriting", "Transport", "Wire"],
            path: "Tests/Support", swiftSettings: testRules),
        // Gives up what a server does, and tries to do it all the same.
        .executableTarget(
            name: "ConfinementProbe", dependencies: ["Confinement", "CSystem"], path: "Tests/ConfinementProbe",
            swiftSettings: testRules),
        // One piece of the proxy's work, many times: what `deploy/bench --instructions` counts.
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: [
                "Admission", "Compression", "Configuration", "Credentials", "Policy", "Rewriting", "Secrets", "Wire",
            ],
            path: "Tests/Benchmarks/Micro", swiftSettings: testRules),
        // What the parsers are fuzzed with; the corpus that was found is replayed by the unit tests.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Admission", "Compression", "Configuration", "Confinement", "Credentials", "JSON", "Observability",
                "Policy", "Proxy", "Rewriting", "Secrets", "TestSupport", "Upstream", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Fuzzing/Targets", swiftSettings: testRules),
        .testTarget(
            name: "FuzzTargetsTests", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing/Replay",
            swiftSettings: testRules),
        .executableTarget(
            name: "cartouche",
            dependencies: [
                "Admission", "Audit", "AuditTrail", "ClientKeys", "CSystem", "Configuration", "Confinement", "Control",
                "Credentials", "JSON", "KeyStore", "Observability", "OwnFiles", "Policy", "Proxy", "Rewriting",
                "Sandbox", "Secrets", "TLS", "TokenStore", "Transport", "Upstream", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: rules, linkerSettings: orderOfFunctions),
    ] + modules.flatMap { $0 }
)

// It is linked against libFuzzer, which only deploy/fuzz asks for.
if Context.environment["CARTOUCHE_FUZZING"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing/Driver",
            swiftSettings: testRules + [.unsafeFlags(["-parse-as-library"])]))
}
