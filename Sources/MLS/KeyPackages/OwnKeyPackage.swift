// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

/// A KeyPackage of this client's own, with the private keys that joining by it takes.
///
/// Used once: whoever joins erases it.
public struct OwnKeyPackage: Sendable {
  public let keyPackage: KeyPackage
  let initKey: HPKEPrivateKey
  let leafKey: HPKEPrivateKey
  let signatureKey: SignatureKey

  public var suite: CipherSuite { signatureKey.suite }
  public var reference: KeyPackageRef { keyPackage.reference(suite: suite) }

  /// Makes a KeyPackage with fresh encryption keys.
  ///
  /// - Parameters:
  ///   - signatureKey: The member's key, to which the credential is tied.
  ///   - lifetime: When it may be used, in seconds since 1970.
  ///   - extensions: Of the KeyPackage; `capabilities` have to list their types.
  ///   - grease: Whether reserved values go with the capabilities and extensions.
  /// - Throws: ``MLSError/invalidLeafNode(_:)``, ``MLSError/invalidExtensions(_:)`` or
  ///   ``MLSError/invalidKeyPackage(_:)`` for what every other client would refuse. Whether its lifetime is short enough
  ///   is for those to say who use it.
  public init(
    signatureKey: SignatureKey, credential: Credential, capabilities: Capabilities,
    lifetime: Lifetime, leafExtensions: [Extension] = [], extensions: [Extension] = [],
    grease: Grease = .include, random: some RandomSource
  ) throws(MLSError) {
    let suite = signatureKey.suite
    let initKeys = try suite.generateKeyPair(from: random)
    let leafKeys = try suite.generateKeyPair(from: random)
    let contents = LeafNodeContents(
      encryptionKey: HPKEPublicKey(leafKeys.publicKey),
      parameters: LeafParameters(
        signatureKey: signatureKey, credential: credential, capabilities: capabilities,
        extensions: leafExtensions, grease: grease),
      source: .keyPackage(lifetime), random: random)
    var extensions = extensions
    grease.apply(
      to: &extensions, types: contents.capabilities.extensions.filter(\.isGREASE), random: random)
    // RFC 9420 §10
    guard contents.capabilities.supports(all: extensions.map(\.type)) else {
      throw .invalidKeyPackage(.extensionUnlisted)
    }
    let leaf = try LeafNode(signing: contents, for: nil, with: signatureKey)
    try leaf.validateContents(suite: suite)
    try leaf.capabilities.requireOwnSupport(of: [], credentials: [credential.type])
    // RFC 9420 §13.4: whoever founds a group with it may pick any of them.
    guard capabilities.versions.allSatisfy({ $0 == .mls10 }) else {
      throw .invalidKeyPackage(.version)
    }
    // RFC 9420 §13.4
    guard capabilities.cipherSuites.allSatisfy({ $0.isGREASE || CipherSuite($0) != nil }) else {
      throw .invalidKeyPackage(.cipherSuite)
    }
    keyPackage = try KeyPackage(
      suite: suite, initKey: HPKEPublicKey(initKeys.publicKey), leafNode: leaf,
      extensions: extensions, signer: signatureKey)
    initKey = initKeys.privateKey
    leafKey = leafKeys.privateKey
    self.signatureKey = signatureKey
  }

  /// Joins a KeyPackage and its private keys, each of which must belong to its public half.
  public init(
    keyPackage: KeyPackage, initKey: SharedSecret, leafKey: SharedSecret, signatureKey: SharedSecret
  ) throws(MLSError) {
    guard let suite = CipherSuite(keyPackage.cipherSuite) else { throw .unsupportedCipherSuite }
    let signer = try SignatureKey(suite: suite, privateKey: signatureKey)
    self.initKey = HPKEPrivateKey(initKey, kem: suite.hpke.kem)
    self.leafKey = HPKEPrivateKey(leafKey, kem: suite.hpke.kem)
    guard
      signer.publicKey == keyPackage.leafNode.signatureKey,
      keyPackage.initKey.belongs(to: self.initKey),
      keyPackage.leafNode.encryptionKey.belongs(to: self.leafKey)
    else { throw .invalidKey }
    self.keyPackage = keyPackage
    self.signatureKey = signer
  }

  // MARK: Serialising, for sealed storage only

  /// The KeyPackage and its private keys in the clear, for storage that its owner seals.
  public func encodedExposingSecrets() -> [UInt8] {
    // Room for all of it, so that no outgrown buffer with secrets is left behind.
    var writer = WireWriter(reservingCapacity: keyPackage.wireBytes.count + 512)
    writer.write(StateVersion.first)
    writer.write(keyPackage)
    writer.writeSecret(initKey.secret)
    writer.writeSecret(leafKey.secret)
    writer.writeSecret(signatureKey.privateKey)
    return writer.bytes
  }

  /// Reads what ``encodedExposingSecrets()`` wrote.
  public init(exposedBytes: [UInt8]) throws(MLSError) {
    let parts: (KeyPackage, SharedSecret, SharedSecret, SharedSecret)
    do throws(WireError) {
      var reader = WireReader(exposedBytes)
      guard try reader.read(StateVersion.self) == .first else { throw .invalidValue }
      parts = (
        try reader.read(), try reader.readSecret(), try reader.readSecret(), try reader.readSecret()
      )
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    try self.init(
      keyPackage: parts.0, initKey: parts.1, leafKey: parts.2, signatureKey: parts.3)
  }
}

extension HPKEPublicKey {
  /// Whether this is the public half of a private key.
  func belongs(to privateKey: HPKEPrivateKey) -> Bool {
    (try? privateKey.publicKey()) == bytes
  }
}
