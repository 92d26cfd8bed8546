// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

/// Groups to measure with.
enum BenchGroup {
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
  private static let capabilities = Capabilities(
    extensions: [], credentials: [.basic, CredentialType(rawValue: 0xF0A0)])

  /// A group whose members have all been added by one commit of the founder.
  static func found(
    _ suite: CipherSuite, _ size: Int
  ) throws -> (founder: Group, others: [Group]) {
    let random = SystemRandom()
    func credential(_ number: Int) -> Credential {
      .basic(identity: Array("member \(number)".utf8))
    }
    var founder = try Group(
      creating: GroupID(random.bytes(32)), suite: suite,
      as: LeafParameters(
        signatureKey: try SignatureKey(suite: suite, random: random), credential: credential(0),
        capabilities: capabilities),
      extensions: [], settings: GroupSettings(), validation: validation, random: random)
    let packages = try (1..<size).map {
      try OwnKeyPackage(
        signatureKey: SignatureKey(suite: suite, random: random), credential: credential($0),
        capabilities: capabilities, lifetime: Lifetime(notBefore: time - 60, notAfter: time + 3600),
        random: random)
    }
    let pending = try founder.commit(
      packages.map { .add($0.keyPackage) }, validation: validation, random: random)
    guard let welcome = pending.welcome else { throw MLSError.invalidKey }
    let others = try packages.map { try Group(joining: welcome, with: $0, validation: validation) }
    return (pending.next, others)
  }

  /// The same group after every second member has committed: all inner nodes have keys.
  static func filled(
    _ group: (founder: Group, others: [Group])
  ) throws -> (founder: Group, others: [Group]) {
    var members = [group.founder] + group.others
    // Who commits, and one who listens to all of it: nobody else is needed afterwards.
    let active = [1] + stride(from: 0, to: members.count, by: 2)
    for committer in active.dropFirst() {
      let pending = try members[committer].commit(
        validation: validation, random: SystemRandom())
      for listener in active where listener != committer {
        let outcome = try members[listener].process(pending.message, validation: validation)
        if case .commit(let staged) = outcome, let next = staged.next { members[listener] = next }
      }
      members[committer] = pending.next
    }
    return (members[0], [members[1]])
  }
}
