// SPDX-License-Identifier: Apache-2.0

public import Primitives

extension Group {
  /// Founds a group of one, RFC 9420 section 11.
  ///
  /// - Parameters:
  ///   - id: Never used before; random, best of `KDF.Nh` bytes.
  ///   - parameters: The founder's key, credential and capabilities.
  ///   - extensions: Of the group context.
  public init(
    creating id: GroupID, suite: CipherSuite, as parameters: LeafParameters,
    extensions: [Extension] = [], settings: GroupSettings = GroupSettings(),
    validation: Validation, random: some RandomSource
  ) throws(MLSError) {
    // RFC 9420 §5.1.2
    guard parameters.signatureKey.suite == suite else { throw .unsupportedCipherSuite }
    let leafKeys = try suite.generateKeyPair(from: random)
    // The founder's leaf is like that of a KeyPackage which nobody saw. It holds from a day ago, for
    // those whose clocks are behind, and as long as one may; the first Commit with a path replaces it.
    let notBefore = validation.now - min(validation.now, 86_400)
    let lifetime = Lifetime(
      notBefore: notBefore, notAfter: notBefore + min(validation.maximumLifetime, .max - notBefore))
    let leaf = try LeafNode(
      signing: LeafNodeContents(
        encryptionKey: HPKEPublicKey(leafKeys.publicKey), parameters: parameters,
        source: .keyPackage(lifetime), random: random),
      for: nil, with: parameters.signatureKey)
    try leaf.validate(
      .keyPackage, at: nil, suite: suite, direction: .sending, introducedBy: .commit, validation)
    var tree = RatchetTree(suite: suite, founder: leaf)
    let own = LeafIndex(0)
    try tree.validateCompatibility(of: [own], extensions: extensions)
    try extensions.validateAsGroupContext(replacing: [], validation)
    try leaf.capabilities.requireOwnSupport(
      of: extensions, credentials: [leaf.credential.type])
    // RFC 9420 §11
    let context = GroupContext(
      cipherSuite: suite, groupID: id, epoch: Epoch(0), treeHash: tree.treeHash(),
      confirmedTranscriptHash: [], extensions: extensions)
    let secrets = EpochSecrets(epochSecret: random.secret(suite.hashLength), suite: suite)
    self.init(
      suite: suite, settings: settings, context: context, tree: tree,
      treeSecrets: TreeSecrets(leaf: own, leafKey: leafKeys.privateKey),
      signatureKey: parameters.signatureKey, secrets: secrets,
      confirmationTag: suite.mac(key: secrets.confirmation, []))
  }
}

extension LeafNodeContents {
  /// Contents with what a member shows of itself.
  ///
  /// The types that every client supports are not listed, RFC 9420 section 7.2.
  init(
    encryptionKey: HPKEPublicKey, parameters: LeafParameters, source: LeafNodeSource,
    random: some RandomSource
  ) {
    var capabilities = parameters.capabilities
    capabilities.extensions.removeAll { $0.isDefault }
    capabilities.proposals.removeAll { $0.isDefault }
    self.init(
      encryptionKey: encryptionKey, signatureKey: parameters.signatureKey.publicKey,
      credential: parameters.credential, capabilities: capabilities, source: source,
      extensions: parameters.extensions)
    parameters.grease.apply(to: &self, random: random)
  }
}
