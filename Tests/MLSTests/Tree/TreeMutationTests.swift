// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import TestSupport
import Testing
import WireFormat

@testable import MLS

/// Trees that others made, each mutated in every place.
@Suite(.enabled(if: Shared.isAvailable))
struct TreeMutationTests {
  private struct Vector: Decodable {
    let cipher_suite: UInt16
    let tree: String
  }

  private func trees(_ path: String, suite: CipherSuite) throws -> [RatchetTree] {
    try JSONDecoder().decode([Vector].self, from: Data(Shared.bytes(path)))
      .filter { $0.cipher_suite == suite.number.rawValue }
      .map { vector in
        let bytes = try #require(Hex.decode(vector.tree))
        return try UnverifiedRatchetTree(wireBytes: bytes).assumingValid(suite: suite)
      }
  }

  static let sources: [(path: String, suite: CipherSuite)] = [
    ("vectors/mls/tree-validation.json", .x25519ChaCha20),
    ("vectors/mls/tree-validation.json", .p256AES128),
    ("vectors/mls-hybrid/tree-validation.json", .hybridAES256),
  ]

  @Test(arguments: sources)
  func `a parent changed anywhere is refused — RFC 9420 §7.9.2`(
    source: (path: String, suite: CipherSuite)
  ) throws {
    let fresh = try source.suite.generateKeyPair(from: SeededRandom(seed: 5)).publicKey
    for tree in try trees(source.path, suite: source.suite) {
      var honest = tree
      try honest.validateParentHashes()
      for (index, parent) in honest.parents {
        var otherKey = parent
        otherKey.encryptionKey = HPKEPublicKey(fresh)
        var otherHash = parent
        otherHash.parentHash = parent.parentHash.isEmpty ? [0] : parent.parentHash.map { $0 ^ 1 }
        var forgeries: [Node?] = [.parent(otherKey), .parent(otherHash)]
        // Nothing above vouches for the root: that it is there, only the tree hash says.
        if index != honest.size.root { forgeries.append(nil) }
        for forgery in forgeries {
          var forged = honest
          forged.set(index, to: forgery)
          #expect(throws: MLSError.invalidTree(.parentHash)) { try forged.validateParentHashes() }
        }
      }
    }
  }

  @Test(arguments: sources)
  func `any two nodes exchanged, or one gone, is another tree — RFC 9420 §12.4.3.1`(
    source: (path: String, suite: CipherSuite)
  ) throws {
    for tree in try trees(source.path, suite: source.suite) {
      var honest = tree
      let hash = honest.treeHash()
      func refused(_ forged: RatchetTree) {
        #expect(throws: MLSError.invalidTree(.treeHash)) {
          try UnverifiedRatchetTree(forged).verified(suite: source.suite, treeHash: hash)
        }
      }
      for place in 2..<honest.size.nodeCount where honest.nodes[place] != honest.nodes[place - 2] {
        var exchanged = honest
        exchanged.set(NodeIndex(place), to: honest.nodes[place - 2])
        exchanged.set(NodeIndex(place - 2), to: honest.nodes[place])
        refused(exchanged)
      }
      for place in 0..<honest.size.nodeCount - 1 where honest.nodes[place] != nil {
        var gone = honest
        gone.set(NodeIndex(place), to: nil)
        refused(gone)
      }
    }
  }
}
