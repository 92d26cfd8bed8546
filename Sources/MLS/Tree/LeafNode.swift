// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A member's appearance in the tree, signed by the member; RFC 9420 section 7.2.
///
/// ```
/// struct {
///     HPKEPublicKey encryption_key;
///     SignaturePublicKey signature_key;
///     Credential credential;
///     Capabilities capabilities;
///     LeafNodeSource leaf_node_source;
///     select (LeafNode.leaf_node_source) {
///         case key_package: Lifetime lifetime;
///         case update:      struct{};
///         case commit:      opaque parent_hash<V>;
///     };
///     Extension extensions<V>;
///     /* SignWithLabel(., "LeafNodeTBS", LeafNodeTBS) */
///     opaque signature<V>;
/// } LeafNode;
/// ```
///
/// It keeps its bytes as received: they are what is hashed, and what was signed. A copy shares them
/// and costs the same whatever the leaf holds: every Commit looks at the leaves of all members.
public struct LeafNode: Sendable, WireCodable {
  private final class Storage: Sendable {
    let contents: LeafNodeContents
    let signature: [UInt8]
    let encoded: [UInt8]
    let signedCount: Int

    init(
      contents: LeafNodeContents, signature: [UInt8], encoded: [UInt8], signedCount: Int
    ) {
      self.contents = contents
      self.signature = signature
      self.encoded = encoded
      self.signedCount = signedCount
    }
  }

  private let storage: Storage

  public var contents: LeafNodeContents { storage.contents }
  public var signature: [UInt8] { storage.signature }
  /// The encoding, which begins with the contents that are signed.
  var encoded: [UInt8] { storage.encoded }
  public var encryptionKey: HPKEPublicKey { storage.contents.encryptionKey }
  public var signatureKey: SignaturePublicKey { storage.contents.signatureKey }
  public var credential: Credential { storage.contents.credential }
  public var capabilities: Capabilities { storage.contents.capabilities }
  public var source: LeafNodeSource { storage.contents.source }
  public var extensions: [Extension] { storage.contents.extensions }

  /// The parent hash; nil unless the leaf was set by a Commit.
  public var parentHash: [UInt8]? {
    if case .commit(let hash) = source { hash } else { nil }
  }

  /// Signs contents for a place in a group; nil where they go into a KeyPackage, before any group is
  /// known.
  init(
    signing contents: LeafNodeContents, for place: Place?, with key: SignatureKey
  ) throws(MLSError) {
    let signed = contents.wireBytes
    try self.init(
      contents: contents, signed: signed,
      signature: key.sign(Self.toBeSigned(signed, contents.source, place), label: Self.label))
  }

  private init(contents: LeafNodeContents, signed: [UInt8], signature: [UInt8]) {
    var writer = WireWriter(reservingCapacity: signed.count + signature.count + 2)
    writer.writeFixed(signed)
    writer.writeOpaque(signature)
    storage = Storage(
      contents: contents, signature: signature, encoded: writer.bytes, signedCount: signed.count)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let start = reader.position
    let contents: LeafNodeContents = try reader.read()
    let signedCount = reader.position - start
    let signature = try reader.readOpaque()
    storage = Storage(
      contents: contents, signature: signature, encoded: reader.bytes(since: start),
      signedCount: signedCount)
  }

  public func encode(into writer: inout WireWriter) { writer.writeFixed(encoded) }

  /// Where in which group a leaf stands; its signature binds it unless it comes from a KeyPackage.
  struct Place {
    var groupID: GroupID
    var leafIndex: LeafIndex
  }

  /// Whether the member signed these contents, for this place where the source asks for one.
  package func verifySignature(
    suite: CipherSuite, groupID: GroupID, leafIndex: LeafIndex
  ) -> Bool {
    verifySignature(suite: suite, place: Place(groupID: groupID, leafIndex: leafIndex))
  }

  func verifySignature(suite: CipherSuite, place: Place?) -> Bool {
    let content = Self.toBeSigned(Array(encoded[..<storage.signedCount]), source, place)
    return suite.verify(signature, over: content, label: Self.label, by: signatureKey)
  }

  /// This leaf as its owner's Commit replaces it: fresh encryption key, parent hash, signature.
  package func committed(
    encryptionKey: HPKEPublicKey, parentHash: [UInt8], groupID: GroupID, leafIndex: LeafIndex,
    signer: SignatureKey
  ) throws(MLSError) -> LeafNode {
    var contents = contents
    contents.encryptionKey = encryptionKey
    contents.signatureKey = signer.publicKey
    contents.source = .commit(parentHash: parentHash)
    return try LeafNode(
      signing: contents, for: Place(groupID: groupID, leafIndex: leafIndex), with: signer)
  }

  private static let label = "LeafNodeTBS"

  /// LeafNodeTBS: the contents, and the place unless the leaf comes from a KeyPackage.
  private static func toBeSigned(
    _ contents: [UInt8], _ source: LeafNodeSource, _ place: Place?
  ) -> [UInt8] {
    guard let place else { return contents }
    switch source {
    case .keyPackage:
      return contents
    case .update, .commit:
      var writer = WireWriter(reservingCapacity: contents.count + place.groupID.bytes.count + 8)
      writer.writeFixed(contents)
      writer.write(place.groupID)
      writer.write(place.leafIndex)
      return writer.bytes
    }
  }
}

extension LeafNode: Hashable {
  public static func == (lhs: LeafNode, rhs: LeafNode) -> Bool {
    lhs.storage === rhs.storage || lhs.encoded == rhs.encoded
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}
