// SPDX-License-Identifier: Apache-2.0

import WireFormat

extension RatchetTree {
  /// What the leaves and the extensions of a group may come to, in bytes: 384 MiB.
  ///
  /// A vector ends at 2^30 - 1 bytes (RFC 9420 section 2.1.2). Parent nodes, secrets and ciphertexts
  /// are no larger than the leaves that they stand for, so that with this a tree, a GroupInfo, an
  /// UpdatePath and a stored state all have a length that can be written.
  static let maximumSize = 384 << 20

  /// The rules of RFC 9420 section 7.3 on how leaves stand to the group and to each other, for the
  /// leaves that are new; the others have been checked when they were.
  func validateCompatibility(
    of changed: some Collection<LeafIndex>, extensions: [Extension],
    maximumSize: Int = Self.maximumSize
  ) throws(MLSError) {
    guard !changed.isEmpty else { return }
    let required = try RequiredCapabilities(in: extensions)
    let members = members
    let extensionTypes = extensions.map(\.type)
    var typesInUse: Set<CredentialType> = []
    var size = extensions.reduce(0) { $0 + $1.data.count }
    for member in members {
      typesInUse.insert(member.leaf.credential.type)
      size += member.leaf.encoded.count
    }
    guard size <= maximumSize else { throw .treeTooLarge }
    var changedTypes: Set<CredentialType> = []
    for index in changed {
      guard let leaf = self[index] else { throw .unknownMember }
      // RFC 9420 §7.3
      guard required?.isSatisfied(by: leaf.capabilities) ?? true else {
        throw .invalidLeafNode(.requiredCapabilities)
      }
      // RFC 9420 §13.4
      guard leaf.capabilities.supports(all: extensionTypes) else {
        throw .invalidLeafNode(.groupExtensionUnsupported)
      }
      // RFC 9420 §7.3
      guard leaf.capabilities.supports(all: typesInUse) else {
        throw .invalidLeafNode(.credentialTypeUnsupported)
      }
      changedTypes.insert(leaf.credential.type)
    }
    for member in members {
      // RFC 9420 §7.3
      guard member.leaf.capabilities.supports(all: changedTypes) else {
        throw .invalidLeafNode(.credentialTypeUnsupported)
      }
    }
    try validateUniqueness(of: changed, among: members)
  }

  /// No leaf that a proposal brings has the key of a parent node: whoever joined later would refuse the
  /// tree. The keys of a path are held against the whole tree when it is merged.
  ///
  /// One pass over the parents, and none where no proposal brings a leaf.
  func validateParentKeys(besides proposed: some Collection<LeafIndex>) throws(MLSError) {
    guard !proposed.isEmpty else { return }
    let keys = Set(proposed.compactMap { self[$0]?.encryptionKey })
    for (_, parent) in parents {
      // RFC 9420 §12.2, RFC 9420 §16.7
      guard !keys.contains(parent.encryptionKey) else {
        throw .invalidLeafNode(.duplicateEncryptionKey)
      }
    }
  }

  private func validateUniqueness(
    of changed: some Collection<LeafIndex>, among members: [(index: LeafIndex, leaf: LeafNode)]
  ) throws(MLSError) {
    // Few leaves are compared one by one; many would take quadratic time, and get sets.
    guard changed.count > 8 else {
      for index in changed {
        guard let leaf = self[index] else { throw .unknownMember }
        for other in members where other.index != index {
          // RFC 9420 §7.3
          guard other.leaf.signatureKey != leaf.signatureKey else {
            throw .invalidLeafNode(.duplicateSignatureKey)
          }
          // RFC 9420 §7.3
          guard other.leaf.encryptionKey != leaf.encryptionKey else {
            throw .invalidLeafNode(.duplicateEncryptionKey)
          }
        }
      }
      return
    }
    var signatureKeys = Set<SignaturePublicKey>(minimumCapacity: members.count)
    var encryptionKeys = Set<HPKEPublicKey>(minimumCapacity: members.count)
    for member in members {
      // RFC 9420 §7.3
      guard signatureKeys.insert(member.leaf.signatureKey).inserted else {
        throw .invalidLeafNode(.duplicateSignatureKey)
      }
      // RFC 9420 §7.3
      guard encryptionKeys.insert(member.leaf.encryptionKey).inserted else {
        throw .invalidLeafNode(.duplicateEncryptionKey)
      }
    }
  }
}

extension RequiredCapabilities {
  /// What a group context asks for; nil where it asks for nothing.
  init?(in extensions: [Extension]) throws(MLSError) {
    guard let data = extensions[.requiredCapabilities] else { return nil }
    do {
      try self.init(wireBytes: data)
    } catch {
      throw .invalidExtensions(.malformed)
    }
    // Every member is held against the lists: a type that is listed often would be looked up as often.
    self.extensions = Array(Set(self.extensions))
    self.proposals = Array(Set(self.proposals))
    self.credentials = Array(Set(self.credentials))
  }
}
