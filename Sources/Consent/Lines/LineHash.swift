// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// The SHA-256 of a line as signed, 32 bytes: how lines name each other.
public struct LineHash: Hashable, Sendable {
  public let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  init(of line: [UInt8]) {
    bytes = Digest.sha256(line)
  }

  /// Base64url, as it stands in lines and exports.
  public var text: String { Encoded.text(bytes) }
}
