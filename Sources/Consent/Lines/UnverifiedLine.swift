// SPDX-License-Identifier: Apache-2.0

/// A consent line as received: well formed, but by nobody yet.
///
/// Only a ``Ledger`` makes a ``VerifiedLine`` of it. The bytes stay as they came.
public struct UnverifiedLine: Sendable {
  /// The longest line, in bytes.
  public static let maximumBytes = 131_072

  let jws: CompactJWS
  let payload: LinePayload

  /// Reads a compact JWS and its payload.
  ///
  /// - Throws: ``ConsentError/json(_:)``, ``ConsentError/line(_:)`` or ``ConsentError/unsupported``.
  public init(_ bytes: [UInt8]) throws(ConsentError) {
    jws = try CompactJWS(bytes)
    payload = try LinePayload(jws.payload)
    hash = LineHash(of: bytes)
  }

  /// The compact JWS, as received.
  public var bytes: [UInt8] { jws.bytes }
  public let hash: LineHash
  public var keyThumbprint: KeyThumbprint { jws.keyThumbprint }
  public var relationship: RelationshipID { payload.relationship }
  public var kind: LineKind { payload.body.kind }
  public var time: ConsentTime { payload.time }
  /// The head the author saw; absent in line 0 alone.
  public var seen: ConsentHead? { payload.seen }
  /// The author's dead lines.
  public var void: [LineHash] { payload.void }
  /// The chain of identity and device, in the first line that a device key signs.
  public var certificate: [UInt8]? { payload.certificate }
  public var body: LineBody { payload.body }
}

extension UnverifiedLine: Hashable {
  public static func == (one: UnverifiedLine, other: UnverifiedLine) -> Bool {
    one.bytes == other.bytes
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(hash)
  }
}
