// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Founding a group from another one, RFC 9420 sections 11.2 and 11.3.
extension Group {
  /// A group that has just been founded from another one.
  public struct Successor: Sendable {
    /// For all members but the founder.
    public let welcome: Welcome?
    public let group: Group
  }

  /// Founds the group that a committed ReInit asked for.
  ///
  /// - Parameters:
  ///   - members: A KeyPackage of every other member.
  ///   - options: For the Commit that adds them.
  public func reinitialised(
    as parameters: LeafParameters, members: [KeyPackage], options: CommitOptions = CommitOptions(),
    settings: GroupSettings? = nil, validation: Validation, random: some RandomSource
  ) throws(MLSError) -> Successor {
    // RFC 9420 §11.2
    guard let reInit, let newSuite = CipherSuite(reInit.cipherSuite), reInit.version == .mls10
    else { throw .invalidArgument }
    return try successor(
      .reInit, id: reInit.groupID, suite: newSuite, extensions: reInit.extensions, parameters,
      members, options, settings, validation, random)
  }

  /// Founds a group of some of this one's members, with the same suite.
  ///
  /// Members are those of this epoch. Who joins holds the new members against the members of the epoch
  /// in which its predecessor is.
  public func branched(
    id: GroupID, as parameters: LeafParameters, members: [KeyPackage],
    extensions: [Extension] = [], options: CommitOptions = CommitOptions(),
    settings: GroupSettings? = nil, validation: Validation, random: some RandomSource
  ) throws(MLSError) -> Successor {
    try requireActive()
    return try successor(
      .branch, id: id, suite: suite, extensions: extensions, parameters, members, options,
      settings, validation, random)
  }

  private func successor(
    _ usage: PreSharedKeyID.ResumptionUsage, id: GroupID, suite: CipherSuite,
    extensions: [Extension], _ parameters: LeafParameters, _ members: [KeyPackage],
    _ options: CommitOptions, _ settings: GroupSettings?, _ validation: Validation,
    _ random: some RandomSource
  ) throws(MLSError) -> Successor {
    var group = try Group(
      creating: id, suite: suite, as: parameters, extensions: extensions,
      settings: settings ?? self.settings, validation: validation, random: random)
    // RFC 9420 §12.4.1
    let key = PreSharedKeyID(
      .resumption(usage, groupID: self.id, epoch: epoch), for: suite, random: random)
    let proposals: [Proposal] = members.map { .add($0) } + [.preSharedKey(key)]
    let pending = try group.commit(
      proposals, purpose: usage == .reInit ? .reInit : .branch, options: options,
      preSharedKeys: Predecessor(group: self, others: NoPreSharedKeys()), validation: validation,
      random: random)
    try pending.next.requireSuccession(usage, of: self, validation)
    return Successor(welcome: pending.welcome, group: pending.next)
  }

  /// Whether this group may be founded from another one in this way.
  ///
  /// The members of the old group are those of the epoch that is at hand, whichever one's key a branch
  /// is founded with. Each stands for one member of the other group, no two for the same: two devices
  /// of one person need two successors.
  func requireSuccession(
    _ usage: PreSharedKeyID.ResumptionUsage, of old: Group, _ validation: Validation
  ) throws(MLSError) {
    // RFC 9420 §12.4.3.1
    guard epoch == Epoch(1) else { throw .invalidWelcome(.resumptionEpoch) }
    switch usage {
    case .application: break
    case .reInit:
      // RFC 9420 §11.2, RFC 9420 §12.4.3.1
      guard
        let reInit = old.reInit, reInit.groupID == id, reInit.version == context.version,
        reInit.cipherSuite == context.cipherSuite, reInit.extensions == extensions,
        Self.canPair(
          old.members, with: members, alike: { validation.likeness(of: $0) },
          by: { validation.acceptsSuccession(from: $0, to: $1) })
      else { throw .invalidWelcome(.reInitMismatch) }
    case .branch:
      // RFC 9420 §11.3, RFC 9420 §12.4.3.1
      guard
        old.context.version == context.version, old.suite == suite,
        Self.canPair(
          members, with: old.members, alike: { validation.likeness(of: $0) },
          by: { validation.acceptsSuccession(from: $1, to: $0) })
      else { throw .invalidWelcome(.branchMismatch) }
    }
  }

  /// Whether each of the first can have one of the second to itself.
  ///
  /// First those who are alike are tried with each other, once each: with most groups that is all. The
  /// other pairs are made one after the other; where all that suit are taken, those who have them move on
  /// to others that suit them.
  static func canPair<Item, Key: Hashable>(
    _ first: [Item], with second: [Item], alike key: (Item) -> Key,
    by suits: (Item, Item) -> Bool
  ) -> Bool {
    guard first.count <= second.count else { return false }
    var partner = [Int?](repeating: nil, count: first.count)
    var holder = [Int?](repeating: nil, count: second.count)
    var likely = Dictionary(grouping: second.indices.reversed(), by: { key(second[$0]) })
    for start in first.indices {
      guard let place = likely[key(first[start])]?.popLast(),
        suits(first[start], second[place])
      else { continue }
      partner[start] = place
      holder[place] = start
    }
    for start in first.indices where partner[start] == nil {
      var askedBy = [Int?](repeating: nil, count: second.count)
      var waiting = [start]
      var free: Int?
      while free == nil, let asking = waiting.popLast() {
        for place in second.indices
        where askedBy[place] == nil && suits(first[asking], second[place]) {
          askedBy[place] = asking
          guard let other = holder[place] else {
            free = place
            break
          }
          waiting.append(other)
        }
      }
      guard free != nil else { return false }
      while let place = free, let asking = askedBy[place] {
        free = partner[asking]
        partner[asking] = place
        holder[place] = asking
      }
    }
    return true
  }
}

extension Validation {
  /// Whether a member of a new group stands for one of the old group, which is the application's to say.
  fileprivate func acceptsSuccession(from old: Member, to new: Member) -> Bool {
    credentials.acceptsSuccession(
      from: (old.leaf.credential, old.leaf.signatureKey),
      to: (new.leaf.credential, new.leaf.signatureKey))
  }

  /// By what a member of one group is looked for in another one, before the application is asked.
  fileprivate func likeness(of member: Member) -> Likeness {
    credentials.client(of: member.leaf.credential).map { .client($0) }
      ?? .credential(member.leaf.credential)
  }
}

private enum Likeness: Hashable {
  case client(ClientID)
  case credential(Credential)
}

/// The keys of a group from which another one is founded, before those of the caller.
struct Predecessor<Others: PreSharedKeyStore>: PreSharedKeyStore {
  let group: Group?
  let others: Others

  func externalKey(id: [UInt8]) -> SharedSecret? { others.externalKey(id: id) }

  func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? {
    if let group, group.id == groupID, let secret = group.resumptionSecret(of: epoch) {
      return secret
    }
    return others.resumptionKey(groupID: groupID, epoch: epoch)
  }
}
