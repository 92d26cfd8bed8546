// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Testing
import WireFormat

@testable import MLS

/// What is made under one label is nothing under another: every two labels of every operation.
struct LabelTests {
  /// An operation with labels.
  private enum Operation: String, CaseIterable {
    case sign = "SignWithLabel"
    case encrypt = "EncryptWithLabel"
    case expand = "ExpandWithLabel"
    case refHash = "RefHash"
  }

  /// All labels that RFC 9420 names, by their operation; DeriveSecret and DeriveTreeSecret are
  /// ExpandWithLabel.
  private static let labels: [Operation: Set<String>] = [
    .sign: ["FramedContentTBS", "LeafNodeTBS", "KeyPackageTBS", "GroupInfoTBS"],
    .encrypt: ["UpdatePathNode", "Welcome"],
    .refHash: ["MLS 1.0 KeyPackage Reference", "MLS 1.0 Proposal Reference"],
    .expand: [
      "joiner", "welcome", "epoch", "init", "sender data", "encryption", "exporter", "external",
      "confirm", "membership", "resumption", "authentication", "exported", "derived psk", "path",
      "node", "tree", "handshake", "application", "secret", "key", "nonce",
    ],
  ]

  private static func pairs(_ operation: Operation) -> [(String, String)] {
    let labels = (labels[operation] ?? []).sorted()
    return labels.flatMap { a in labels.map { (a, $0) } }
  }

  // MARK: The table and the sources

  /// The labels that stand in the sources of the module.
  private static func labelsInSources() throws -> Set<String> {
    var package = URL(filePath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    let folder = package.appending(path: "Sources/MLS")
    var found: Set<String> = []
    let files = try #require(FileManager.default.enumerator(atPath: folder.path))
    // An argument or a constant of that name, and what a derivation key leads to.
    let patterns = [
      #/\blabel(?:: | = )"([^"]+)"/#, #/(?:secret|treeSecret)\(\s*"([^"]+)"/#,
    ]
    for case let path as String in files where path.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      for pattern in patterns {
        for match in text.matches(of: pattern) { found.insert(String(match.output.1)) }
      }
    }
    return found
  }

  @Test func `the table holds every label in the sources, and no other`() throws {
    let table = Self.labels.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    #expect(try Self.labelsInSources() == table)
    // No label serves two operations.
    #expect(Self.labels.values.map(\.count).reduce(0, +) == table.count)
  }

  // MARK: Pairwise

  @Test(arguments: [CipherSuite.x25519AES128, .p256AES128, .p384AES256, .p521AES256])
  func `a signature under one label is none under another: RFC 9420 section 5.1.2`(
    suite: CipherSuite
  ) throws {
    let key = try SignatureKey(suite: suite, random: SystemRandom())
    let content: [UInt8] = [1, 2, 3]
    for (made, read) in Self.pairs(.sign) {
      let signature = try key.sign(content, label: made)
      #expect(
        suite.verify(signature, over: content, label: read, by: key.publicKey) == (made == read),
        "\(made), \(read)")
    }
  }

  @Test(arguments: [CipherSuite.x25519ChaCha20, .p256AES128, .hybridAES256])
  func `a ciphertext under one label does not open under another: RFC 9420 section 5.1.3`(
    suite: CipherSuite
  ) throws {
    let keys = try suite.generateKeyPair(from: SystemRandom())
    for (made, read) in Self.pairs(.encrypt) {
      let sealed = try suite.encrypt(
        [1, 2], to: HPKEPublicKey(keys.publicKey), label: made, context: [3])
      let opened = try? suite.decrypt(
        sealed, privateKey: keys.privateKey, label: read, context: [3])
      #expect(opened == (made == read ? [1, 2] : nil), "\(made), \(read)")
      #expect(
        (try? suite.decrypt(sealed, privateKey: keys.privateKey, label: made, context: [])) == nil)
    }
  }

  @Test(arguments: CipherSuite.all)
  func `secrets under two labels, contexts or lengths are different: RFC 9420 section 8`(
    suite: CipherSuite
  ) throws {
    let secret = SharedSecret([UInt8](repeating: 7, count: suite.hashLength))
    for context in [[], [UInt8](repeating: 1, count: 40)] as [[UInt8]] {
      for (a, b) in Self.pairs(.expand) {
        let one = suite.derive(secret, label: a, context: context, count: 16)
        let other = suite.derive(secret, label: b, context: context, count: 16)
        #expect(one.equals(other) == (a == b), "\(a), \(b)")
      }
    }
    for label in Self.labels[.expand] ?? [] {
      let short = suite.derive(secret, label: label, context: [], count: 16)
      let long = suite.derive(secret, label: label, context: [], count: 32)
      // Not even the beginning is shared: the length is in what is hashed.
      #expect(Array(long.exposedBytes().prefix(16)) != short.exposedBytes())
      #expect(!suite.derive(secret, label: label, context: [0], count: 16).equals(short))
      #expect(suite.deriveSecret(secret, label: label).count == suite.hashLength)
    }
  }

  @Test(arguments: CipherSuite.all)
  func `references under two labels are different: RFC 9420 section 5.2`(suite: CipherSuite) {
    for (a, b) in Self.pairs(.refHash) {
      #expect((suite.refHash(label: a, [1]) == suite.refHash(label: b, [1])) == (a == b))
    }
  }

  @Test func `nothing of a label can be moved into what follows it: RFC 9420 section 5.1.2`() throws
  {
    let suite = CipherSuite.x25519AES128
    let key = try SignatureKey(suite: suite, random: SystemRandom())
    let signature = try key.sign(Array("TBS".utf8) + [1], label: "LeafNode")
    #expect(!suite.verify(signature, over: [1], label: "LeafNodeTBS", by: key.publicKey))
    let hash = suite.refHash(label: "MLS 1.0 Proposal", Array(" Reference".utf8))
    #expect(hash != suite.refHash(label: "MLS 1.0 Proposal Reference", []))
    let secret = suite.zeroSecret
    #expect(
      !suite.derive(secret, label: "ke", context: [0x79], count: 16)
        .equals(suite.derive(secret, label: "key", context: [], count: 16)))
  }

  @Test(arguments: CipherSuite.all)
  func `no secret is longer than 255 digests, or shorter than nothing: RFC 9420 section 8`(
    suite: CipherSuite
  ) throws {
    let most = 255 * suite.hashLength
    #expect(
      try suite.expand(suite.zeroSecret, label: "a", context: [], count: most).count == most)
    for count in [-1, .min, most + 1, .max] {
      #expect(throws: MLSError.invalidArgument) {
        try suite.expand(suite.zeroSecret, label: "a", context: [], count: count)
      }
    }
  }

  @Test func `content that no vector can hold is not signed nor verified: RFC 9420 section 5.1.2`()
    throws
  {
    let suite = CipherSuite.x25519ChaCha20
    let key = try SignatureKey(suite: suite, random: SystemRandom())
    let content = [UInt8](repeating: 1, count: 10)
    let signature = try key.sign(content, label: "LeafNodeTBS", longest: 10)
    for (longest, holds) in [(10, true), (9, false)] {
      #expect(
        suite.verify(
          signature, over: content, label: "LeafNodeTBS", by: key.publicKey, longest: longest)
          == holds)
    }
    #expect(throws: MLSError.invalidArgument) {
      try key.sign(content, label: "LeafNodeTBS", longest: 9)
    }
    // With a signature, or the frames of a message around it, it is still one vector.
    #expect(CipherSuite.longestContent + (1 << 20) < WireLength.maximum)
  }

  /// Structures that begin alike, signed for one place and shown at another.
  @Test
  func `a KeyPackage's signature is none of its leaf, nor the reverse: RFC 9420 section 5.1.2`()
    throws
  {
    let client = try TestClient("alice")
    let package = try client.keyPackage().keyPackage
    let suite = client.suite
    let places = [
      (package.leafNode.signature, package.leafNode.contents.wireBytes, "LeafNodeTBS"),
      (
        package.signature, Array(package.wireBytes.dropLast(package.signature.count + 2)),
        "KeyPackageTBS"
      ),
    ]
    for (signature, _, made) in places {
      for (_, content, label) in places {
        #expect(
          suite.verify(
            signature, over: content, label: label, by: client.signatureKey.publicKey)
            == (made == label))
      }
    }
  }
}
