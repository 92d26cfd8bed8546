// SPDX-License-Identifier: Apache-2.0

import Primitives

@testable import Consent

/// Makes lines that no honest author makes.
enum Forge {
  static func header(_ device: TestDevice, algorithm: String = "EdDSA") -> String {
    let kid = KeyThumbprint(of: device.publicKey).text
    return "{\"alg\":\"\(algorithm)\",\"kid\":\"\(kid)\",\"typ\":\"alcove-consent+jws\"}"
  }

  static func jws(_ header: String, _ payload: [UInt8], _ device: TestDevice) -> [UInt8] {
    let input = Array((Encoded.text(Array(header.utf8)) + "." + Encoded.text(payload)).utf8)
    return CompactJWS.assemble(signingInput: input, signature: device.key.sign(input))
  }

  /// A line whose payload is `payload`, well signed.
  static func line(_ payload: LinePayload, _ device: TestDevice) throws -> UnverifiedLine {
    try UnverifiedLine(jws(header(device), payload.bytes, device))
  }

  /// A line whose payload is the text after `change`, well signed.
  static func line(
    _ payload: LinePayload, _ device: TestDevice, change: (String) -> String
  ) throws -> UnverifiedLine {
    let text = String(decoding: payload.bytes, as: UTF8.self)
    let changed = change(text)
    precondition(changed != text, "the forgery changes nothing")
    return try UnverifiedLine(jws(header(device), Array(changed.utf8), device))
  }

  /// The payload of the next line upon `ledger`.
  static func payload(
    _ body: LineBody, upon ledger: Ledger, by device: TestDevice, void: [LineHash] = []
  ) -> LinePayload {
    LinePayload(
      relationship: ledger.relationship, time: ledger.last.time.adding(seconds: 60),
      seen: ledger.head, void: void,
      certificate: ledger.knows(device.publicKey)
        ? nil : device.certificate,
      body: body)
  }
}
