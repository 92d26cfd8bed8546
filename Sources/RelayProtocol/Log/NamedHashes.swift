// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What a turn installs: SHA-256(T') || SHA-256(L'), 64 bytes; empty for an append that does not turn.
///
/// The same `opaque named<V>` stands in associated data, entry hash and frames.
public struct NamedHashes: Hashable, Sendable, WireEncodable, WireDecodable {
  /// An append that does not turn.
  public static let none = NamedHashes(bytes: [])
  /// Empty, or 64 bytes.
  public let bytes: [UInt8]

  public init(token: TokenHash, turn: TurnHash) { bytes = token.bytes + turn.bytes }
  public init(token: AccessToken, turn: TurnSecret) {
    self.init(token: token.hash, turn: turn.hash)
  }
  private init(bytes: [UInt8]) { self.bytes = bytes }

  public var isEmpty: Bool { bytes.isEmpty }
  /// The hash of the next epoch's access token.
  public var token: TokenHash? { isEmpty ? nil : TokenHash(checked: Array(bytes[..<32])) }
  /// The hash of the next epoch's turn secret.
  public var turn: TurnHash? { isEmpty ? nil : TurnHash(checked: Array(bytes[32...])) }

  public func encode(into writer: inout WireWriter) { writer.writeOpaque(bytes) }

  public init(from reader: inout WireReader) throws(WireError) {
    bytes = try reader.readOpaque(max: 64)
    guard bytes.isEmpty || bytes.count == 64 else { throw .invalidValue }
  }
}
