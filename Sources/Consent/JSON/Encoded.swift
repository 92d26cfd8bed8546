// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// Base64url without padding (RFC 7515 §2), as every byte string in a line is written.
enum Encoded {
  static func text(_ bytes: [UInt8]) -> String {
    Base64URL.encode(bytes)
  }

  /// Only the canonical form: the same bytes have one spelling, or a changed export could go unseen.
  static func bytes(of text: String) throws(ConsentError) -> [UInt8] {
    guard let bytes = Base64URL.decode(text) else { throw .line(.base64url) }
    return bytes
  }

  static func value(_ bytes: [UInt8]) -> JSONValue { .string(text(bytes)) }
}
