// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// A group to measure with: its founder, who has added all others by one commit, and two of them.
///
/// That commit leaves a *fresh* tree: keys at the founder's ancestors alone, so that its next commit
/// encrypts to every member by itself.
struct BenchGroup {
  /// Takes every credential: what an application checks is not measured here.
  private struct AcceptAll: CredentialValidator {
    func accepts(
      _ credential: Credential, signatureKey: SignaturePublicKey,
      introducedBy event: CredentialEvent
    ) -> Bool { true }

    func acceptsSuccession(
      from old: (credential: Credential, signatureKey: SignaturePublicKey),
      to new: (credential: Credential, signatureKey: SignaturePublicKey)
    ) -> Bool { true }
  }

  private static let time: UInt64 = 1_800_000_000
  static let validation = Validation(credentials: AcceptAll(), now: time)

  /// The founder before it has added anybody.
  let alone: Group
  /// KeyPackages of all others, by their places; the first one's leaf is 1.
  let packages: [OwnKeyPackage]
  private(set) var founder: Group
  /// The member at leaf 1.
  private(set) var second: Group
  /// What lets the others in, the tree travelling beside it.
  let welcome: Welcome
  let tree: [UInt8]
  /// The private signature keys of all members, by their places.
  private let seeds: [SharedSecret]

  init(_ suite: CipherSuite, _ size: Int) throws {
    let random = SystemRandom()
    let capabilities = Capabilities(
      extensions: [], credentials: [.basic, CredentialType(rawValue: 0xF0A0)])
    func credential(_ number: Int) -> Credential {
      .basic(identity: Array("member \(number)".utf8))
    }
    let seeds = (0..<size).map { _ in random.secret(32) }
    self.seeds = seeds
    alone = try Group(
      creating: GroupID(random.bytes(32)), suite: suite,
      as: LeafParameters(
        signatureKey: try SignatureKey(suite: suite, privateKey: seeds[0]),
        credential: credential(0), capabilities: capabilities),
      validation: Self.validation, random: random)
    packages = try (1..<size).map {
      try OwnKeyPackage(
        signatureKey: SignatureKey(suite: suite, privateKey: seeds[$0]),
        credential: credential($0), capabilities: capabilities,
        lifetime: Lifetime(notBefore: Self.time - 60, notAfter: Self.time + 3600), random: random)
    }
    let pending = try Self.add(packages, to: alone, tree: .leaveOut)
    guard let welcome = pending.welcome else { throw MLSError.invalidArgument }
    self.welcome = welcome
    founder = pending.next
    tree = UnverifiedRatchetTree(founder.tree).wireBytes
    second = try Self.join(welcome, packages[0], tree)
  }

  /// The commit by which the founder adds everybody.
  static func add(
    _ packages: [OwnKeyPackage], to group: Group, tree: CommitOptions.TreeInWelcome
  ) throws -> PendingCommit {
    var group = group
    var options = CommitOptions()
    options.treeInWelcome = tree
    return try group.commit(
      packages.map { .add($0.keyPackage) }, options: options, validation: validation,
      random: SystemRandom())
  }

  static func join(
    _ welcome: Welcome, _ package: OwnKeyPackage, _ tree: [UInt8]
  ) throws -> Group {
    try Group(
      joining: welcome, with: package, tree: UnverifiedRatchetTree(wireBytes: tree),
      validation: validation, isInUse: { _ in false })
  }

  /// Lets every second member commit, so that all inner nodes have keys: the tree is *full*.
  ///
  /// Those who will reach most others for the ones after them come first. Only the second member
  /// follows it all; whoever commits borrows its state for that.
  mutating func fill() throws {
    let places = stride(from: 0, to: seeds.count, by: 2).sorted {
      ($0.trailingZeroBitCount, $0) > ($1.trailingZeroBitCount, $1)
    }
    for place in places + [0] {
      var committer = try member(at: place)
      let pending = try committer.commit(validation: Self.validation, random: SystemRandom())
      let outcome = try second.process(pending.message, validation: Self.validation)
      guard case .commit(let staged) = outcome, let next = staged.next else {
        throw MLSError.invalidArgument
      }
      second = next
      founder = pending.next
    }
  }

  /// What the member at a leaf could store in this epoch: as the second one, with keys of its own but
  /// for those in the tree, which its next commit replaces.
  private func member(at place: Int) throws -> Group {
    let state = second.encodedExposingSecrets()
    var reader = WireReader(state)
    _ = try reader.readUInt16()
    _ = try reader.read(GroupSettings.self)
    _ = try reader.read(GroupContext.self)
    try reader.readVector { (reader) throws(WireError) in _ = try reader.readRest() }
    let treeSecrets = reader.position
    _ = try reader.read(LeafIndex.self)
    _ = try reader.readOpaque()
    try reader.readVector { (reader) throws(WireError) in _ = try reader.readRest() }
    _ = try reader.readOpaque()
    let after = reader.position
    var writer = WireWriter()
    writer.writeFixed(state[..<treeSecrets])
    writer.write(LeafIndex(UInt32(place)))
    writer.writeOpaque(SystemRandom().bytes(32))
    writer.writeVector { _ in }
    writer.writeOpaque(seeds[place].exposedBytes())
    writer.writeFixed(state[after...])
    return try Group(exposedBytes: writer.bytes)
  }

  /// The shape of the founder's next commit: parents that get keys, and recipients in all.
  var path: (steps: Int, recipients: Int) {
    let tree = founder.tree
    var steps = 0
    var recipients = 0
    var child = LeafIndex(0).node
    for parent in tree.size.directPath(of: LeafIndex(0)) {
      if let sibling = tree.size.sibling(of: child) {
        let count = tree.resolution(of: sibling).count
        if count > 0 { steps += 1 }
        recipients += count
      }
      child = parent
    }
    return (steps, recipients)
  }
}

extension WireReader {
  fileprivate mutating func readRest() throws(WireError) -> [UInt8] { try readFixed(remaining) }
}
