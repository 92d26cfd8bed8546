// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// One row of the layering: a module, what it stands on, and whether it has tests.
///
/// `uses` may only name modules that stand above it in the table, so that the order of the rows is
/// the order of the layers and a cycle cannot be written down.
struct Module {
  enum Kind {
    case system(pkgConfig: String, apt: String), c, library, executable
    /// Compiled with the tests; lies under `Tests`.
    case support
    /// Nothing but a test target.
    case testsOnly
    /// A test target whose folder `Targets` is compiled, with `Fuzzer`, into an executable instead
    /// when `ALCOVE_FUZZ` is set: the fuzzer and the suite that replays its corpus share their code.
    case fuzzer
  }
  var name: String
  var kind: Kind = .library
  var uses: [String] = []
  var products: [(name: String, package: String)] = []
  var tests: [String]? = nil
}

let crypto = (name: "Crypto", package: "swift-crypto")
let cryptoExtras = (name: "CryptoExtras", package: "swift-crypto")
let grdb = (name: "GRDB", package: "GRDB.swift")
let arguments = (name: "ArgumentParser", package: "swift-argument-parser")

let modules: [Module] = [
  Module(name: "CSodium", kind: .system(pkgConfig: "libsodium", apt: "libsodium-dev")),
  Module(name: "CQREncode", kind: .system(pkgConfig: "libqrencode", apt: "libqrencode-dev")),
  Module(name: "CLinux", kind: .c),
  Module(name: "WireFormat", tests: []),
  Module(name: "Primitives", uses: ["CSodium"], products: [crypto], tests: []),
  Module(name: "TestSupport", kind: .support, uses: ["Primitives", "WireFormat"]),
  Module(name: "Certificates", uses: ["WireFormat", "Primitives"], tests: []),
  Module(
    name: "MLS", uses: ["WireFormat", "Primitives"],
    products: [crypto, ("SwiftASN1", "swift-asn1")],
    tests: ["MLSTesting", "MLSVectors", "MLSInterop"]),
  Module(name: "MLSTesting", kind: .support, uses: ["MLS", "Primitives", "WireFormat"]),
  Module(
    name: "MLSVectors", kind: .support, uses: ["MLSTesting", "MLS", "Primitives", "WireFormat"]),
  Module(
    name: "MLSInterop", kind: .support, uses: ["MLSTesting", "MLS", "Primitives", "WireFormat"]),
  Module(name: "RelayProtocol", uses: ["WireFormat", "Primitives"], tests: []),
  Module(
    name: "Postage", uses: ["RelayProtocol", "WireFormat", "Primitives"],
    products: [crypto, cryptoExtras], tests: []),
  Module(name: "Consent", uses: ["Certificates", "WireFormat", "Primitives"], tests: []),
  Module(
    name: "KeyManagement", uses: ["Certificates", "WireFormat", "Primitives"], tests: []),
  Module(name: "EnvelopeStore", uses: ["WireFormat", "Primitives"], products: [grdb], tests: []),
  Module(
    name: "RelayClient", uses: ["RelayProtocol", "WireFormat", "Primitives"],
    products: [
      ("AsyncHTTPClient", "async-http-client"), ("NIOCore", "swift-nio"),
      ("NIOPosix", "swift-nio"), ("NIOHTTP1", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
    ],
    tests: ["Relay", "RelayLog"]),
  Module(
    name: "RelayLog", uses: ["RelayProtocol", "WireFormat", "Primitives"],
    products: [grdb, ("GRDBSQLite", "GRDB.swift")], tests: []),
  Module(
    name: "Relay", uses: ["RelayLog", "Postage", "RelayProtocol", "WireFormat", "Primitives"],
    products: [
      ("HummingbirdCore", "hummingbird"), ("HummingbirdHTTP2", "hummingbird"),
      ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"),
      ("NIOHTTP1", "swift-nio"), ("NIOHTTPTypes", "swift-nio-extras"),
      ("NIOExtras", "swift-nio-extras"), ("NIOTLS", "swift-nio"),
      ("NIOHTTP2", "swift-nio-http2"), ("NIOSSL", "swift-nio-ssl"),
      ("X509", "swift-certificates"), ("SwiftASN1", "swift-asn1"), crypto,
      ("HTTPTypes", "swift-http-types"),
      ("Logging", "swift-log"), ("Metrics", "swift-metrics"),
      ("ServiceLifecycle", "swift-service-lifecycle"),
    ],
    tests: ["alcove-relay"]),
  Module(
    name: "Engine",
    uses: [
      "Consent", "KeyManagement", "EnvelopeStore", "MLS", "Postage", "RelayProtocol",
      "Certificates",
      "WireFormat", "Primitives",
    ],
    tests: ["RelayLog", "Simulation", "MLSTesting"]),
  Module(
    name: "Simulation", kind: .support,
    uses: [
      "Engine", "RelayLog", "RelayProtocol", "Postage", "Consent", "KeyManagement",
      "EnvelopeStore", "MLS", "Certificates", "WireFormat", "Primitives",
    ]),
  Module(
    name: "alcove", kind: .executable,
    uses: [
      "Engine", "RelayClient", "Consent", "KeyManagement", "EnvelopeStore", "Certificates",
      "RelayProtocol", "Primitives", "CLinux", "CQREncode",
    ],
    products: [arguments], tests: []),
  Module(
    name: "alcove-relay", kind: .executable,
    uses: ["Relay", "RelayLog", "Postage", "RelayProtocol", "Primitives", "CLinux"],
    products: [
      arguments, ("Logging", "swift-log"), ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"),
      ("ServiceLifecycle", "swift-service-lifecycle"),
      ("UnixSignals", "swift-service-lifecycle"),
    ]),
  Module(name: "alcove-simulate", kind: .executable, uses: ["Simulation"]),
  Module(name: "mls-vectors", kind: .executable, uses: ["MLSVectors"]),
  Module(
    name: "mls-interop", kind: .executable, uses: ["MLSInterop", "MLS", "Primitives"]),
  Module(
    name: "alcove-bench", kind: .executable,
    uses: [
      "MLS", "EnvelopeStore", "RelayProtocol", "RelayClient", "RelayLog", "Certificates",
      "WireFormat", "Primitives", "CLinux",
    ],
    products: [
      crypto, ("NIOCore", "swift-nio"), ("NIOPosix", "swift-nio"), ("NIOSSL", "swift-nio-ssl"),
      ("GRDB", "GRDB.swift"), ("Histogram", "hdrhistogram-swift"), arguments,
    ]),
  Module(
    name: "Architecture", kind: .testsOnly, tests: []),
  Module(
    name: "Corpus", kind: .fuzzer,
    uses: [
      "Engine", "Consent", "KeyManagement", "EnvelopeStore", "MLSTesting", "MLS", "RelayProtocol",
      "Certificates", "WireFormat", "Primitives",
    ],
    tests: []),
]

let packages: [String: Package.Dependency] = [
  "swift-crypto": .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  "GRDB.swift": .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  "swift-argument-parser":
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  "async-http-client":
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  "swift-nio": .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  "swift-nio-extras": .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
  "swift-nio-http2": .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
  "swift-nio-ssl": .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  "swift-certificates":
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
  "swift-asn1": .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
  "hummingbird":
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
  "swift-http-types": .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
  "swift-log": .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  "hdrhistogram-swift":
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  "swift-metrics": .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
  "swift-service-lifecycle":
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
]

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Set by `Scripts/fuzz`: only the fuzzer and what it stands on, without tests.
let fuzzing = Context.environment["ALCOVE_FUZZ"] != nil

/// Support code that sees a module's internals is left out of release builds, but for the fuzzer's,
/// which enables testing.
let forging: SwiftSetting =
  fuzzing ? .define("FORGING") : .define("FORGING", .when(configuration: .debug))

/// `ALCOVE_MODULES=MLS,Consent` builds and tests these modules alone, with what they stand on; unset,
/// everything. A single module's suite then needs no HTTP server compiled first.
let wanted: Set<String> = {
  guard let names = fuzzing ? "Corpus" : Context.environment["ALCOVE_MODULES"] else {
    return Set(modules.map(\.name))
  }
  let asked = Set(names.split(separator: ",").map(String.init))
  var wanted = asked
  for module in modules.reversed() where wanted.contains(module.name) {
    wanted.formUnion(module.uses)
    if asked.contains(module.name), let tests = module.tests { wanted.formUnion(tests) }
  }
  // Test-only neighbours may stand lower in the table than the module that asked for them.
  for module in modules.reversed() where wanted.contains(module.name) {
    wanted.formUnion(module.uses)
  }
  if modules.contains(where: { asked.contains($0.name) && $0.tests != nil }) {
    wanted.formUnion(["TestSupport", "Primitives", "WireFormat", "CSodium"])
  }
  return wanted
}()

let asked: Set<String> =
  fuzzing
  ? []
  : Context.environment["ALCOVE_MODULES"].map { Set($0.split(separator: ",").map(String.init)) }
    ?? wanted

let chosen = modules.filter { wanted.contains($0.name) }
for (index, module) in modules.enumerated() {
  let above = modules[..<index].map(\.name)
  precondition(
    module.uses.allSatisfy(above.contains), "\(module.name) uses a module that stands below it")
}

var targets: [Target] = []
for module in chosen {
  let dependencies: [Target.Dependency] =
    module.uses.map { .target(name: $0) }
    + module.products.map { .product(name: $0.name, package: $0.package) }
  switch module.kind {
  case .system(let pkgConfig, let apt):
    targets.append(
      .systemLibrary(name: module.name, pkgConfig: pkgConfig, providers: [.apt([apt])]))
  case .c:
    targets.append(.target(name: module.name))
  case .library:
    targets.append(
      .target(name: module.name, dependencies: dependencies, swiftSettings: settings))
  case .support:
    targets.append(
      .target(
        name: module.name, dependencies: dependencies, path: "Tests/Support/\(module.name)",
        swiftSettings: settings + [forging]))
  case .executable:
    targets.append(
      .executableTarget(name: module.name, dependencies: dependencies, swiftSettings: settings))
  case .fuzzer where fuzzing:
    targets.append(
      .executableTarget(
        name: "alcove-fuzz", dependencies: dependencies, path: "Tests/\(module.name)Tests",
        exclude: ["CorpusTests.swift", "LinearWorkTests.swift"], sources: ["Targets", "Fuzzer"],
        swiftSettings: settings))
  case .testsOnly, .fuzzer:
    break
  }
  if let tests = module.tests, asked.contains(module.name) {
    var dependencies =
      dependencies + tests.map { .target(name: $0) } + [.target(name: "TestSupport")]
    var exclude: [String] = []
    switch module.kind {
    case .testsOnly: break
    case .fuzzer: exclude = ["Fuzzer"]
    default: dependencies.append(.target(name: module.name))
    }
    targets.append(
      .testTarget(
        name: "\(module.name)Tests", dependencies: dependencies, exclude: exclude,
        swiftSettings: settings))
  }
}

let used = Set(chosen.flatMap { $0.products.map(\.package) })
let products: [Product] = [
  wanted.contains("MLS") ? .library(name: "MLS", targets: ["MLS"]) : nil,
  wanted.contains("Engine") ? .library(name: "AlcoveEngine", targets: ["Engine"]) : nil,
  wanted.contains("alcove") ? .executable(name: "alcove", targets: ["alcove"]) : nil,
  wanted.contains("alcove-relay")
    ? .executable(name: "alcove-relay", targets: ["alcove-relay"]) : nil,
].compactMap { $0 }

let package = Package(
  name: "Alcove",
  products: products,
  // All of them for the fuzzer, so that its build leaves the resolved versions as they are.
  dependencies: packages.filter { fuzzing || used.contains($0.key) }.sorted { $0.key < $1.key }.map(
    \.value),
  targets: targets
)
