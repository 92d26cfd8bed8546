// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// What a relay's TLS certificate must chain to: the first 16 bytes of the SHA-256 of a certificate in
/// DER.
public struct RelayPin: OpaqueBytes {
  public static let length = 16
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// The pin of a certificate in DER.
  public init(certificate: [UInt8]) {
    bytes = Array(Digest.sha256(certificate).prefix(Self.length))
  }

  /// Reads 32 hexadecimal digits of either case; nil for anything else.
  public init?(text: some StringProtocol) {
    guard text.utf8.count == 2 * Self.length, let bytes = Hex.decode(String(text.lowercased()))
    else { return nil }
    self.bytes = bytes
  }

  /// 32 hexadecimal digits in lower case.
  public var text: String { Hex.encode(bytes) }
}
