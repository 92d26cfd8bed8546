// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

extension NextEpoch.Result {
  /// The Welcome for the members that a Commit adds, RFC 9420 section 12.4.3.1.
  func welcome(
    to added: [(index: LeafIndex, keyPackage: KeyPackage)], path: StagedPath?,
    preSharedKeys: [PreSharedKeyID], options: CommitOptions, random: some RandomSource
  ) throws(MLSError) -> Welcome {
    let suite = group.suite
    var extensions = options.groupInfoExtensions
    if options.treeInWelcome == .include { extensions.append(group.treeExtension) }
    let info = try group.groupInfo(
      extensions: extensions, grease: options.grease, random: random)
    let key = memberSecret.welcomeKey()
    let encryptedInfo: [UInt8]
    do {
      // Key and nonce are of this Commit alone, and encrypt nothing else.
      encryptedInfo = try suite.hpke.aead.seal(
        info.wireBytes, key: key.key, nonce: key.nonce, associatedData: [])
    } catch {
      throw .invalidArgument
    }
    let context = CipherSuite.encryptContext(label: "Welcome", context: encryptedInfo)
    var secrets: [EncryptedGroupSecrets] = []
    secrets.reserveCapacity(added.count)
    for member in added {
      let groupSecrets = GroupSecrets(
        joinerSecret: joinerSecret.secret, pathSecret: path?.pathSecret(for: member.index),
        preSharedKeys: preSharedKeys)
      let plaintext = SharedSecret(wiping: groupSecrets.encodedExposingSecrets())
      secrets.append(
        EncryptedGroupSecrets(
          newMember: member.keyPackage.reference(suite: suite),
          encryptedGroupSecrets: try suite.encryptSecret(
            plaintext, to: member.keyPackage.initKey, context)))
    }
    return Welcome(
      cipherSuite: suite.number, secrets: secrets, encryptedGroupInfo: encryptedInfo)
  }
}

extension Group {
  /// The ratchet tree as an extension of a GroupInfo, RFC 9420 section 12.4.3.3.
  public var treeExtension: Extension {
    Extension(type: .ratchetTree, data: UnverifiedRatchetTree(tree).wireBytes)
  }

  /// A GroupInfo of this epoch, signed by this member.
  public func groupInfo(
    extensions: [Extension] = [], grease: Grease = .include, random: some RandomSource
  ) throws(MLSError) -> GroupInfo {
    var extensions = extensions
    grease.apply(to: &extensions, random: random)
    // RFC 9420 §13.4
    guard extensions.hasUniqueTypes else { throw .invalidExtensions(.duplicateType) }
    return try GroupInfo(
      groupContext: context, extensions: extensions, confirmationTag: confirmationTag,
      signer: ownLeaf, with: signatureKey)
  }
}

extension SharedSecret {
  /// Takes over bytes that nobody else holds.
  fileprivate convenience init(wiping bytes: consuming [UInt8]) {
    self.init(wiping: &bytes)
  }
}
