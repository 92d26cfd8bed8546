// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// The inputs to an epoch's key schedule that a Commit gives, RFC 9420 section 12.4.
struct NextEpoch {
  var context: GroupContext
  var tree: RatchetTree
  var treeSecrets: TreeSecrets
  var signatureKey: SignatureKey
  /// `path_secret[n+1]`, or zeros for a Commit without a path.
  var commitSecret: SharedSecret
  /// That of the epoch before, or the one an external Commit brings.
  var initSecret: SharedSecret
  var pskSecret: SharedSecret

  /// Where the key schedule leads.
  struct Result {
    let joinerSecret: JoinerSecret
    let memberSecret: MemberSecret
    let confirmationTag: [UInt8]
    var group: Group
  }

  /// Runs the key schedule with the context that already holds the new confirmed transcript hash.
  func begin(suite: CipherSuite, settings: GroupSettings) -> Result {
    let encodedContext = context.wireBytes
    let joiner = JoinerSecret(
      initSecret: initSecret, commitSecret: commitSecret, groupContext: encodedContext,
      suite: suite)
    let member = joiner.withPreSharedKeys(pskSecret)
    let secrets = member.epochSecrets(groupContext: encodedContext)
    let tag = suite.mac(key: secrets.confirmation, context.confirmedTranscriptHash)
    let group = Group(
      suite: suite, settings: settings, context: context, tree: tree, treeSecrets: treeSecrets,
      signatureKey: signatureKey, secrets: secrets, confirmationTag: tag)
    return Result(joinerSecret: joiner, memberSecret: member, confirmationTag: tag, group: group)
  }
}
