// SPDX-License-Identifier: Apache-2.0

import WireFormat

extension GroupInfo {
  /// The tree of the group, verified together with this GroupInfo: RFC 9420 section 12.4.3.1.
  ///
  /// - Parameter tree: Where it is not in the GroupInfo's extensions.
  func verifiedTree(
    _ tree: UnverifiedRatchetTree?, suite: CipherSuite, _ validation: Validation
  ) throws(MLSError) -> RatchetTree {
    // RFC 9420 §13.4
    guard extensions.hasUniqueTypes, groupContext.extensions.hasUniqueTypes else {
      throw .invalidExtensions(.duplicateType)
    }
    let verified = try unverifiedTree(tree).verified(
      suite: suite, treeHash: groupContext.treeHash)
    // RFC 9420 §12.4.3.1
    guard let signer = verified[signer] else { throw .invalidWelcome(.signer) }
    // RFC 9420 §12.4.3
    guard verifySignature(by: signer.signatureKey, suite: suite) else {
      throw .invalidWelcome(.signature)
    }
    for (index, leaf) in verified.members {
      // RFC 9420 §12.4.3.1
      try leaf.validate(
        .tree, at: LeafNode.Place(groupID: groupContext.groupID, leafIndex: index), suite: suite,
        direction: .receiving, introducedBy: .joining, validation)
    }
    try verified.validateCompatibility(
      of: verified.memberIndices, extensions: groupContext.extensions)
    try groupContext.extensions.validateAsGroupContext(replacing: [], validation)
    try verified.validateSupport(of: groupContext.extensions)
    return verified
  }

  private func unverifiedTree(
    _ tree: UnverifiedRatchetTree?
  ) throws(MLSError) -> UnverifiedRatchetTree {
    if let data = extensions[.ratchetTree] {
      do {
        return try UnverifiedRatchetTree(wireBytes: data)
      } catch {
        throw .malformed(error)
      }
    }
    // RFC 9420 §12.4.3.1
    guard let tree else { throw .invalidWelcome(.treeMissing) }
    return tree
  }
}
