// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

@testable import MLS

/// A KeyPackage with anything in it, and the right signatures over that.
struct ForgedKeyPackage {
  var suite: CipherSuite = .x25519ChaCha20
  var number: UInt16?
  var version: UInt16 = 1
  var leaf: (inout LeafNodeContents) -> Void = { _ in }
  var initKey: HPKEPublicKey?
  /// Makes the init key the leaf's.
  var sharesKey = false
  var extensions: [Extension] = []
  var signer: SignatureKey?
  var leafSignature: (inout [UInt8]) -> Void = { _ in }
  var signature: (inout [UInt8]) -> Void = { _ in }

  func make() throws -> KeyPackage {
    let random = SystemRandom()
    let signer = try self.signer ?? SignatureKey(suite: suite, random: random)
    let leafKeys = try suite.generateKeyPair(from: random)
    var contents = LeafNodeContents(
      encryptionKey: HPKEPublicKey(leafKeys.publicKey), signatureKey: signer.publicKey,
      credential: .basic(identity: Array("forged".utf8)), capabilities: testCapabilities,
      source: .keyPackage(Lifetime(notBefore: testTime - 60, notAfter: testTime + 3600)))
    leaf(&contents)
    var leafBytes = contents.wireBytes
    var leafSignature = try signer.sign(leafBytes, label: "LeafNodeTBS")
    self.leafSignature(&leafSignature)
    var leafWriter = WireWriter()
    leafWriter.writeFixed(leafBytes)
    leafWriter.writeOpaque(leafSignature)
    leafBytes = leafWriter.bytes
    let initKey =
      try sharesKey
      ? contents.encryptionKey
      : self.initKey ?? HPKEPublicKey(suite.generateKeyPair(from: random).publicKey)
    var writer = WireWriter()
    writer.write(version)
    writer.write(number ?? suite.number.rawValue)
    writer.write(initKey)
    writer.writeFixed(leafBytes)
    writer.writeVector(extensions)
    var signature = try signer.sign(writer.bytes, label: "KeyPackageTBS")
    self.signature(&signature)
    writer.writeOpaque(signature)
    return try KeyPackage(wireBytes: writer.bytes)
  }
}
