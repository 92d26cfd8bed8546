// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import MLS
@testable import MLSInterop

/// What the interop service asks of a certificate.
struct SameCredentialTests {
  /// A certificate of the Ed25519 key below, signed by itself; the private key was thrown away.
  private static let certificate = bytes(
    [
      "308201343081e7a00302010202141660ed3660311a5345b2b3aba5b2a73e4b0b0f6d300506032b6570300f31",
      "0d300b06035504030c04746573743020170d3236313132333139303331365a180f3231323631303330313930",
      "3331365a300f310d300b06035504030c0474657374302a300506032b65700321009bbd8d030397d260406d70",
      "f66aab23e5cfb265c95b128ad6a625f92a3fdabd91a3533051301d0603551d0e041604140d18c1e9a08de6af",
      "2053349955520a5ea3f814a2301f0603551d230418301680140d18c1e9a08de6af2053349955520a5ea3f814",
      "a2300f0603551d130101ff040530030101ff300506032b657003410029ebbbad902b5eaf18d93ed5df03ddd4",
      "57ee2aee392fa85b3332390b0c4f4c26e417d354db8d4b413595c567d23c43a7bda34820439e3532ccf00239",
      "23923b0e",
    ].joined())
  private static let key = bytes("9bbd8d030397d260406d70f66aab23e5cfb265c95b128ad6a625f92a3fdabd91")

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.utf8.map { UInt8(Character(Unicode.Scalar($0)).hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private func accepts(_ certificates: [[UInt8]], key: [UInt8] = Self.key) -> Bool {
    SameCredential().accepts(
      .x509(certificates: certificates), signatureKey: SignaturePublicKey(key),
      introducedBy: .joining)
  }

  @Test func `the first certificate of a chain is of the leaf's key`() {
    let certificate = Self.certificate
    #expect(accepts([certificate]) && accepts([certificate, [1]]))
    #expect(!accepts([]) && !accepts([[]]) && !accepts([[1, 2, 3]]))
    #expect(!accepts([[1], certificate]) && !accepts([certificate + [0]]))
    #expect(!accepts([Array(certificate.dropLast())]))
    var other = Self.key
    other[0] ^= 1
    #expect(!accepts([certificate], key: other) && !accepts([certificate], key: []))
  }
}
