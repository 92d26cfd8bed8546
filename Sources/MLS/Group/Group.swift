// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

/// A member's view of a group in one epoch, RFC 9420 section 12: a value.
///
/// Sending or receiving an application message advances the value. A Commit leads to another value
/// (``PendingCommit/next``, ``StagedCommit/next``), which the caller keeps or drops. Whatever throws
/// leaves the value as it was.
///
/// ```
///                 .--protect, unprotect--.
///                 v                      |
///   create --> epoch n ------------------'
///   join   -->    |
///                 +-- commit  --> PendingCommit.next -.
///                 |                                    +--> epoch n+1
///                 '-- process --> StagedCommit.next ---'
/// ```
public struct Group: Sendable {
  public let suite: CipherSuite
  public internal(set) var settings: GroupSettings
  public internal(set) var context: GroupContext {
    didSet { encodedContext = context.wireBytes }
  }
  /// What the group context encodes to: it is signed with every message.
  private(set) var encodedContext: [UInt8]
  /// The public state of all members.
  public internal(set) var tree: RatchetTree
  /// The private keys of this member in it.
  var treeSecrets: TreeSecrets
  var signatureKey: SignatureKey
  var keys: EpochKeys
  var secretTree: SecretTree
  /// What the next Commit continues, RFC 9420 section 8.2.
  var interimTranscriptHash: [UInt8]
  /// That of the Commit which began this epoch.
  var confirmationTag: [UInt8]
  /// Proposals of this epoch that a Commit may refer to.
  var proposals = ProposalCache()
  /// What is left of epochs gone by, the latest last.
  var pastEpochs: [PastEpoch] = []
  /// Resumption secrets of this epoch and of earlier ones, the latest last.
  var resumptionSecrets: [ResumptionSecret] = []
  /// Set when the epoch began with a ReInit: the group is closed.
  public internal(set) var reInit: ReInit?

  init(
    suite: CipherSuite, settings: GroupSettings, context: GroupContext, tree: RatchetTree,
    treeSecrets: TreeSecrets, signatureKey: SignatureKey, secrets: EpochSecrets,
    confirmationTag: [UInt8]
  ) {
    self.init(
      suite: suite, settings: settings, context: context, tree: tree, treeSecrets: treeSecrets,
      signatureKey: signatureKey, keys: EpochKeys(secrets),
      secretTree: SecretTree(
        encryptionSecret: secrets.encryption, size: tree.size, suite: suite),
      interimTranscriptHash: suite.interimTranscriptHash(
        confirmed: context.confirmedTranscriptHash, confirmationTag: confirmationTag),
      confirmationTag: confirmationTag)
    remember(secrets.resumption)
  }

  init(
    suite: CipherSuite, settings: GroupSettings, context: GroupContext, tree: RatchetTree,
    treeSecrets: TreeSecrets, signatureKey: SignatureKey, keys: EpochKeys, secretTree: SecretTree,
    interimTranscriptHash: [UInt8], confirmationTag: [UInt8]
  ) {
    self.suite = suite
    self.settings = settings
    self.context = context
    encodedContext = context.wireBytes
    self.tree = tree
    self.treeSecrets = treeSecrets
    self.signatureKey = signatureKey
    self.keys = keys
    self.secretTree = secretTree
    self.interimTranscriptHash = interimTranscriptHash
    self.confirmationTag = confirmationTag
  }

  // MARK: What it tells

  public var id: GroupID { context.groupID }
  public var epoch: Epoch { context.epoch }
  public var extensions: [Extension] { context.extensions }

  /// This member's place.
  public var ownLeaf: LeafIndex { treeSecrets.leaf }

  /// This member's leaf.
  public var ownLeafNode: LeafNode {
    // Every way to a Group checks it: creating sets the leaf, joining, loading and every Commit throw
    // where it is blank.
    guard let leaf = tree[ownLeaf] else { preconditionFailure("a member's leaf is in its tree") }
    return leaf
  }

  /// All members, by their places.
  public var members: [Member] {
    tree.members.map { Member(index: $0.index, leaf: $0.leaf) }
  }

  /// Equal for all members who see the same group, RFC 9420 section 8.7.
  public var epochAuthenticator: SharedSecret { keys.authenticator }

  /// Proves later on that one was a member in this epoch, RFC 9420 section 8.6.
  public var resumptionSecret: SharedSecret { keys.resumption }

  /// The same of an epoch gone by, as far back as the settings keep them.
  func resumptionSecret(of epoch: Epoch) -> SharedSecret? {
    epoch == self.epoch
      ? keys.resumption : resumptionSecrets.first { $0.epoch == epoch }?.secret
  }

  /// Throws where the group has been closed by a ReInit.
  func requireActive() throws(MLSError) {
    // RFC 9420 §12.4.2
    guard reInit == nil else { throw .groupInactive }
  }

  private mutating func remember(_ resumption: SharedSecret) {
    guard settings.resumptionEpochs > 0 else { return }
    resumptionSecrets.append(ResumptionSecret(epoch: epoch, secret: resumption))
  }

  /// Takes over from the epoch before what outlives it.
  mutating func inherit(from old: Group) {
    if settings.resumptionEpochs > 0 {
      let kept = old.resumptionSecrets + resumptionSecrets
      resumptionSecrets = kept.suffix(Int(settings.resumptionEpochs) + 1)
    }
  }

  /// The group of the next epoch with what opens messages of this one and of those before it.
  ///
  /// What this value has sent and opened stays used: `next` may have been made long before.
  func handOver(to next: Group) throws(MLSError) -> Group {
    guard id == next.id else { throw .wrongGroup }
    guard epoch.next == next.epoch else { throw .wrongEpoch }
    var result = next
    if settings.pastEpochs > 0 {
      result.pastEpochs = PastEpoch.newest(
        Int(settings.pastEpochs), of: pastEpochs + [PastEpoch(of: self)])
    }
    return result
  }
}
