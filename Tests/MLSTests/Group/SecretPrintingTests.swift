// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// No way to print a group shows one of its secrets.
struct SecretPrintingTests {
  @Test(arguments: [CipherSuite.x25519ChaCha20, .hybridAES256, .p256AES128])
  func `a group's description, mirror and dump hold no secret`(suite: CipherSuite) throws {
    var (alice, _) = try groupOfTwo(suite: suite, settings: .open)
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    let package = try TestClient("carol", suite: suite).keyPackage()
    let secrets: [(name: String, secret: SharedSecret)] = [
      ("leaf key", alice.treeSecrets.leafKey.secret), ("sender data", alice.keys.senderData),
      ("init", alice.keys.initSecret), ("external", alice.keys.external),
      ("membership", alice.keys.membership), ("resumption", alice.keys.resumption),
      ("authenticator", alice.keys.authenticator), ("signature", alice.signatureKey.privateKey),
      ("package init key", package.initKey.secret), ("package leaf key", package.leafKey.secret),
      ("package signature key", package.signatureKey.privateKey),
    ]
    var dumped = ""
    dump(alice, to: &dumped)
    dump(pending, to: &dumped)
    dump(package, to: &dumped)
    let texts = [
      dumped, String(describing: alice), String(reflecting: alice), String(describing: pending),
      String(reflecting: pending), String(describing: package), String(reflecting: package),
    ]
    for (name, secret) in secrets {
      let bytes = Array(secret.exposedBytes().prefix(16))
      let forms = [
        Hex.encode(bytes), Hex.encode(bytes).uppercased(), Base64URL.encode(bytes),
        bytes.map(String.init).joined(separator: ", "),
        bytes.prefix(6).map { "- \($0)\n" }.joined(),
      ]
      for text in texts {
        for form in forms { #expect(!text.contains(form), "\(name)") }
      }
    }
  }
}
