// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import MLS
internal import Primitives
internal import RelayProtocol
internal import WireFormat

extension MemberGroup {
  struct Founded {
    let group: MemberGroup
    let welcome: [UInt8]
    let secrets: EpochSecrets
  }

  /// Creates the group and adds the client: epoch 1. The Add commit is posted nowhere, since nobody but
  /// its maker was in epoch 0.
  static func found(
    suite: CipherSuite, ledger: Ledger, place: ChannelExtension, leaf: FreshLeaf,
    peer: KeyPackage, now: Int64, random: any RandomSource
  ) throws -> Founded {
    let validation = Validation(
      credentials: ChainValidator(ledger: ledger), now: UInt64(max(0, now)))
    var group = try Group(
      creating: GroupID(random.bytes(32)), suite: suite, as: leaf.parameters,
      extensions: GroupContextPolicy.extensions(ConsentExtension(ledger), place),
      validation: validation, random: random)
    let pending = try group.commit([.add(peer)], validation: validation, random: random)
    var next = pending.next
    guard let welcome = pending.welcome, next.epoch.rawValue == 1 else {
      throw EngineError(.internalFault)
    }
    let secrets = try EpochSecrets(
      exportingAndErasing: &next, channel: try ChannelID(bytes: place.channel))
    return Founded(group: MemberGroup(next), welcome: welcome.wireBytes, secrets: secrets)
  }

  struct Joined {
    let group: MemberGroup
    let channel: ChannelID
    let secrets: EpochSecrets
    let ownSerial: UInt64
    let peerSerial: UInt64
  }

  /// Enters a group, if it is exactly the one that was agreed: suite, place, context, and two members.
  ///
  /// - Parameter isInUse: Whether this profile is in a group of that id already.
  static func join(
    _ welcome: [UInt8], _ package: OwnKeyPackage, suite: CipherSuite, ledger: Ledger,
    relay: [UInt8], now: Int64, isInUse: (GroupID) -> Bool
  ) throws -> Joined {
    let message = try Welcome(wireBytes: welcome)
    guard message.cipherSuite == suite.number else { throw EngineError(.offerInvalid) }
    let validator = ChainValidator(ledger: ledger)
    var group = try Group(
      joining: message, with: package,
      validation: Validation(
        credentials: validator, now: UInt64(max(0, now)), receivedLifetimes: .ignore),
      isInUse: isInUse)
    let relationship = ledger.relationship.bytes
    guard group.suite == suite, group.epoch.rawValue == 1,
      let place = GroupContextPolicy.place(in: group.extensions, under: ledger),
      place.relay == relay, group.members.count == 2,
      let own = group.members.first(where: { $0.index == group.ownLeaf }),
      own.leaf == package.keyPackage.leafNode,
      let peer = group.members.first(where: { $0.index != group.ownLeaf }),
      let mine = LeafIdentity(own.leaf, relationship: relationship),
      let theirs = LeafIdentity(peer.leaf, relationship: relationship),
      mine.identity == ledger.clientIdentity, theirs.identity == ledger.therapistIdentity
    else { throw EngineError(.offerInvalid) }
    let channel = try ChannelID(bytes: place.channel)
    let secrets = try EpochSecrets(exportingAndErasing: &group, channel: channel)
    return Joined(
      group: MemberGroup(group), channel: channel, secrets: secrets, ownSerial: mine.serial,
      peerSerial: theirs.serial)
  }
}
