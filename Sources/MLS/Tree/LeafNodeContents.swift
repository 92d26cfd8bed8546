// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What a member signs of its leaf, without the place that the signature also binds; RFC 9420
/// section 7.2.
public struct LeafNodeContents: Hashable, Sendable, WireCodable {
  public var encryptionKey: HPKEPublicKey
  public var signatureKey: SignaturePublicKey
  public var credential: Credential
  public var capabilities: Capabilities
  public var source: LeafNodeSource
  public var extensions: [Extension]

  public init(
    encryptionKey: HPKEPublicKey, signatureKey: SignaturePublicKey, credential: Credential,
    capabilities: Capabilities, source: LeafNodeSource, extensions: [Extension] = []
  ) {
    self.encryptionKey = encryptionKey
    self.signatureKey = signatureKey
    self.credential = credential
    self.capabilities = capabilities
    self.source = source
    self.extensions = extensions
  }

  public init(from reader: inout WireReader) throws(WireError) {
    encryptionKey = try reader.read()
    signatureKey = try reader.read()
    credential = try reader.read()
    capabilities = try reader.read()
    source = try reader.read()
    extensions = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(encryptionKey)
    writer.write(signatureKey)
    writer.write(credential)
    writer.write(capabilities)
    writer.write(source)
    writer.writeVector(extensions)
  }
}
