// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What a client publishes so that it can be added to a group, RFC 9420 section 10.
///
/// ```
/// struct {
///     ProtocolVersion version;
///     CipherSuite cipher_suite;
///     HPKEPublicKey init_key;
///     LeafNode leaf_node;
///     Extension extensions<V>;
///     /* SignWithLabel(., "KeyPackageTBS", KeyPackageTBS) */
///     opaque signature<V>;
/// } KeyPackage;
/// ```
///
/// It keeps its bytes as received, and has been checked by nobody: see ``validated(_:)``.
public struct KeyPackage: Sendable, WireCodable {
  public let version: ProtocolVersion
  public let cipherSuite: CipherSuite.Number
  public let initKey: HPKEPublicKey
  public let leafNode: LeafNode
  public let extensions: [Extension]
  public let signature: [UInt8]
  private let encoded: [UInt8]
  private let signedCount: Int

  /// Signs a KeyPackage.
  init(
    suite: CipherSuite, initKey: HPKEPublicKey, leafNode: LeafNode, extensions: [Extension],
    signer: SignatureKey
  ) throws(MLSError) {
    version = .mls10
    cipherSuite = suite.number
    self.initKey = initKey
    self.leafNode = leafNode
    self.extensions = extensions
    var writer = WireWriter(reservingCapacity: 512)
    writer.write(version)
    writer.write(cipherSuite)
    writer.write(initKey)
    writer.write(leafNode)
    writer.writeVector(extensions)
    signedCount = writer.bytes.count
    signature = try signer.sign(writer.bytes, label: Self.label)
    writer.writeOpaque(signature)
    encoded = writer.bytes
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let start = reader.position
    version = try reader.read()
    cipherSuite = try reader.read()
    initKey = try reader.read()
    leafNode = try reader.read()
    extensions = try reader.readVector()
    signedCount = reader.position - start
    signature = try reader.readOpaque()
    // It is hashed, and signed for, as one vector.
    encoded = try reader.bytes(since: start, max: CipherSuite.longestContent)
  }

  public func encode(into writer: inout WireWriter) { writer.writeFixed(encoded) }

  /// The name under which a Welcome addresses it, with the hash of its own suite.
  public func reference(suite: CipherSuite) -> KeyPackageRef {
    KeyPackageRef(suite.refHash(label: "MLS 1.0 KeyPackage Reference", encoded))
  }

  /// Whether the signature is that of the leaf's key.
  func verifySignature(suite: CipherSuite) -> Bool {
    suite.verify(
      signature, over: Array(encoded[..<signedCount]), label: Self.label, by: leafNode.signatureKey)
  }

  private static let label = "KeyPackageTBS"
}

extension KeyPackage: Hashable {
  public static func == (lhs: KeyPackage, rhs: KeyPackage) -> Bool { lhs.encoded == rhs.encoded }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}
