// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct ArchitectureTests {
  private static let secretKeepers = [
    "MLS", "Consent", "KeyManagement", "EnvelopeStore", "Engine",
  ]
  /// From the bottom upwards, as in the drawing of the README.
  private static let layers = [
    ["WireFormat", "Primitives"],
    ["Certificates", "MLS", "RelayProtocol"],
    ["Consent", "KeyManagement", "EnvelopeStore", "RelayClient", "RelayLog", "Postage"],
    ["Engine", "Relay"],
    ["alcove", "alcove-relay"],
  ]

  @Test(arguments: ["Relay", "RelayLog", "alcove-relay"])
  func `the relay reaches nothing that could decrypt`(_ target: String) throws {
    let reached = try TargetGraph().closure(of: target)
    for module in Self.secretKeepers {
      #expect(!reached.contains(module), "\(target) reaches \(module)")
    }
  }

  @Test func `no layer names a higher one`() throws {
    let graph = try TargetGraph()
    for (height, layer) in Self.layers.enumerated() {
      let higher = Set(Self.layers.dropFirst(height + 1).joined())
      for module in layer {
        let uses = try #require(graph.uses[module], "no target \(module)")
        #expect(uses.isDisjoint(with: higher), "\(module) names \(uses.intersection(higher))")
      }
    }
  }

  @Test func `MLS stands on the codec and the primitives alone`() throws {
    let own = Set(Self.layers.joined())
    let reached = try TargetGraph().closure(of: "MLS").intersection(own)
    #expect(reached == ["MLS", "WireFormat", "Primitives"])
  }

  @Test func `the command line reaches no HTTP server and the simulator no HTTP at all`() throws {
    let graph = try TargetGraph()
    #expect(graph.closure(of: "alcove").isDisjoint(with: ["Hummingbird", "Relay", "RelayLog"]))
    #expect(
      graph.closure(of: "alcove-simulate")
        .isDisjoint(with: ["Hummingbird", "AsyncHTTPClient", "Relay", "RelayClient"]))
  }

  /// Initialising while another thread is in the middle of an operation ends the process, once in
  /// thousands of runs: no test would see that, so the sources are read.
  @Test func `every function that calls libsodium's cryptography has initialised it`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    var calls = 0
    for path in paths where path.hasSuffix(".swift") {
      let source = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      guard source.contains("import CSodium") else { continue }
      var isReady = false
      for line in source.split(separator: "\n") {
        if line.contains("func ") || line.contains("init(") { isReady = false }
        if line.contains("_ = Sodium.ready") { isReady = true }
        guard line.contains(/crypto_[a-z0-9_]+\(/) else { continue }
        calls += 1
        #expect(isReady, "\(path): \(line)")
      }
    }
    #expect(calls > 0)
  }
}
