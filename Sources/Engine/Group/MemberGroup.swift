// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import MLS
internal import Primitives
internal import RelayProtocol
internal import WireFormat

/// The MLS group of a relationship, as this project uses it: private messages, proposals by value, two
/// members, a context that is a function of the ledger.
///
/// A value: whatever is done to it counts when the step that did it has stored it.
struct MemberGroup: Sendable {
  private(set) var group: Group

  init(_ group: Group) { self.group = group }

  init(stored bytes: [UInt8]) throws { group = try Group(exposedBytes: bytes) }

  func stored() -> [UInt8] { group.encodedExposingSecrets() }

  var id: GroupID { group.id }
  var suite: CipherSuite { group.suite }
  var extensions: [Extension] { group.extensions }
  var epoch: UInt64 { group.epoch.rawValue }

  /// What lies within an envelope.
  enum Opened {
    case content([UInt8])
    /// Where only messages may be.
    case commit
    /// Sealed by this device's own leaf.
    case ownLeaf
    case unopenable
  }

  // MARK: Messages

  /// Encrypts content; the ratchet moves, and the caller stores it before a byte leaves.
  mutating func seal(_ content: [UInt8], random: any RandomSource) throws -> [UInt8] {
    try group.protect(content, random: random).wireBytes
  }

  /// Opens what lay in an envelope that does not turn.
  mutating func open(_ bytes: [UInt8]) -> Opened {
    guard case .privateMessage(let message)? = try? MLSMessage(wireBytes: bytes) else {
      return .unopenable
    }
    guard message.contentType == .application else {
      return message.contentType == .commit ? .commit : .unopenable
    }
    do {
      return .content(try group.unprotect(.privateMessage(message)).data)
    } catch MLSError.invalidMessage(.ownMessage) {
      return .ownLeaf
    } catch {
      return .unopenable
    }
  }

  // MARK: Commits

  struct Outgoing: Sendable {
    let message: [UInt8]
    let next: [UInt8]
    let secrets: EpochSecrets
  }

  /// Makes a commit: new keys on the whole path, and the context of `ledger` if it carries a line.
  mutating func commit(
    data: CommitData, under ledger: Ledger, place: ChannelExtension, leaf: FreshLeaf,
    random: any RandomSource
  ) throws -> Outgoing {
    let proposals: [Proposal] =
      data.line == nil
      ? []
      : [
        .groupContextExtensions(
          GroupContextPolicy.extensions(ConsentExtension(ledger), place))
      ]
    let validator = ChainValidator(ledger: ledger)
    var options = CommitOptions()
    options.grease = GroupContextPolicy.grease
    options.authenticatedData = data.wireBytes
    options.leaf = leaf.parameters
    var pending = try group.commit(
      proposals, options: options,
      validation: Validation(credentials: validator, now: 0, receivedLifetimes: .ignore),
      random: random)
    let secrets = try EpochSecrets(
      exportingAndErasing: &pending.next, channel: try ChannelID(bytes: place.channel))
    return Outgoing(
      message: pending.message.wireBytes, next: pending.next.encodedExposingSecrets(),
      secrets: secrets)
  }

  /// Processes what lay in an envelope that turned the lock. This value stays as it is: nothing is
  /// kept of a commit that is not taken.
  func process(
    _ bytes: [UInt8], policy: CommitPolicy, channel: ChannelID
  ) -> CommitPolicy.Verdict {
    var group = group
    guard case .privateMessage(let message)? = try? MLSMessage(wireBytes: bytes),
      message.contentType == .commit,
      let data = try? CommitData(wireBytes: message.authenticatedData)
    else { return .invalid }
    var ledger = policy.ledger
    var line: UnverifiedLine?
    if let bytes = data.line {
      // DESIGN section 8: the line is judged upon the ledger that every member has at this place.
      guard let read = try? UnverifiedLine(bytes), (try? ledger.append(read)) != nil else {
        return .invalid
      }
      line = read
    }
    // A device that was replaced signs no line and no leaf any more, in this order.
    if line != nil, case let author = ledger.last.author,
      author.serial.value < policy.floors[author.identity] ?? 0
    {
      return .invalid
    }
    let validator = ChainValidator(ledger: ledger, floors: policy.floors)
    do {
      let outcome = try group.process(
        .privateMessage(message),
        validation: Validation(credentials: validator, now: 0, receivedLifetimes: .ignore))
      guard case .commit(let staged) = outcome, var next = staged.next,
        policy.accepts(
          staged.changes, carrying: line, from: self.group, into: next, under: ledger),
        let leaf = staged.changes.committerLeaf,
        let identity = LeafIdentity(leaf, relationship: ledger.relationship.bytes)
      else { return .invalid }
      let secrets = try EpochSecrets(exportingAndErasing: &next, channel: channel)
      return .valid(
        CommitPolicy.Accepted(
          group: MemberGroup(next), secrets: secrets, data: data, line: line,
          serial: identity.serial))
    } catch MLSError.invalidMessage(.ownMessage), MLSError.invalidCommit(.ownCommit) {
      return .ownLeaf
    } catch {
      return validator.sawStranger ? .identityChanged : .invalid
    }
  }
}

extension MemberGroup {
  /// What all members of an epoch have in common, and nobody else: equal means the same state.
  var authenticator: SharedSecret { group.epochAuthenticator }
}
