// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// The head of a ledger: 32 bytes that stand for every line up to the last.
///
/// ```
/// head(-1) = 32 zero bytes
/// head(n)  = SHA-256("Alcove 1.0 consent" || head(n-1) || SHA-256(line n))
/// ```
public struct ConsentHead: Hashable, Sendable {
  public let bytes: [UInt8]

  /// The head of a ledger without lines.
  public static let empty = ConsentHead(unchecked: [UInt8](repeating: 0, count: 32))

  /// Nil unless there are 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  private init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The head after one more line.
  public func adding(_ line: LineHash) -> ConsentHead {
    ConsentHead(
      unchecked: Digest.sha256(Array("Alcove 1.0 consent".utf8) + bytes + line.bytes))
  }

  /// Base64url, as it stands in lines and exports.
  public var text: String { Encoded.text(bytes) }
}
