// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// A Welcome without its tree, opened by the new member; RFC 9420 section 12.4.3.1.
struct WelcomeVector: Vector {
  static let kind = "welcome"
  static let signature: Set<String> = ["init_priv", "signer_pub", "welcome", "key_package"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let initPriv: HexBytes
  let signerPub: HexBytes
  let keyPackage: HexBytes
  let welcome: HexBytes

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    guard
      case .keyPackage(let keyPackage) = try MLSMessage(wireBytes: keyPackage.bytes),
      case .welcome(let welcome) = try MLSMessage(wireBytes: welcome.bytes)
    else { throw VectorFailure(description: "no KeyPackage and Welcome") }
    try expect(welcome.cipherSuite == suite.number, "the Welcome's cipher_suite")
    let secrets = try welcome.groupSecrets(
      for: keyPackage.reference(suite: suite), initKey: suite.hpkeKey(initPriv), suite: suite)
    let member = JoinerSecret(secrets.joinerSecret, suite: suite)
      .withPreSharedKeys(try suite.preSharedKeySecret([]))
    let info = try welcome.groupInfo(member: member, suite: suite)
    try expect(
      info.verifySignature(by: SignaturePublicKey(signerPub.bytes), suite: suite), "signature")
    let epoch = member.epochSecrets(groupContext: info.groupContext.wireBytes)
    try expect(
      suite.isValid(
        mac: info.confirmationTag, key: epoch.confirmation,
        info.groupContext.confirmedTranscriptHash),
      "confirmation_tag")
  }
}
