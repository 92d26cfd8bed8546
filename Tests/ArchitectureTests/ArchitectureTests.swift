// SPDX-License-Identifier: Apache-2.0

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
}
