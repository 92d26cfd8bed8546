// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What a newcomer needs to know of a group, signed by a member; RFC 9420 section 12.4.3.
///
/// ```
/// struct {
///     GroupContext group_context;
///     Extension extensions<V>;
///     MAC confirmation_tag;
///     uint32 signer;
///     /* SignWithLabel(., "GroupInfoTBS", GroupInfoTBS) */
///     opaque signature<V>;
/// } GroupInfo;
/// ```
public struct GroupInfo: Sendable, WireCodable {
  public let groupContext: GroupContext
  public let extensions: [Extension]
  public let confirmationTag: [UInt8]
  public let signer: LeafIndex
  public let signature: [UInt8]
  private let encoded: [UInt8]
  private let signedCount: Int

  /// Signs a GroupInfo.
  init(
    groupContext: GroupContext, extensions: [Extension], confirmationTag: [UInt8],
    signer: LeafIndex, with key: SignatureKey
  ) throws(MLSError) {
    self.groupContext = groupContext
    self.extensions = extensions
    self.confirmationTag = confirmationTag
    self.signer = signer
    var writer = WireWriter(reservingCapacity: 1024)
    writer.write(groupContext)
    writer.writeVector(extensions)
    writer.writeOpaque(confirmationTag)
    writer.write(signer)
    signedCount = writer.bytes.count
    signature = try key.sign(writer.bytes, label: Self.label)
    writer.writeOpaque(signature)
    encoded = writer.bytes
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let start = reader.position
    groupContext = try reader.read()
    extensions = try reader.readVector()
    confirmationTag = try reader.readOpaque()
    signer = try reader.read()
    signedCount = reader.position - start
    signature = try reader.readOpaque()
    encoded = reader.bytes(since: start)
  }

  public func encode(into writer: inout WireWriter) { writer.writeFixed(encoded) }

  package func verifySignature(by key: SignaturePublicKey, suite: CipherSuite) -> Bool {
    suite.verify(signature, over: Array(encoded[..<signedCount]), label: Self.label, by: key)
  }

  private static let label = "GroupInfoTBS"
}

extension GroupInfo: Hashable {
  public static func == (lhs: GroupInfo, rhs: GroupInfo) -> Bool { lhs.encoded == rhs.encoded }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}
