// SPDX-License-Identifier: Apache-2.0

public import Certificates

extension Ledger {
  /// An identity that the ledger names: every leaf of the group must chain to one of these.
  public struct Member: Hashable, Sendable {
    public let role: ConsentRole
    public let identity: IdentityKey
    /// A leaf or a line under a lower serial is refused; nil if no device of it has signed here.
    public let lowestSerial: DeviceSerial?
    public let name: String
  }

  /// The identity that signed line 0.
  public var therapistIdentity: IdentityKey { lines[0].author.identity }

  /// The identity that signed the first grant.
  public var clientIdentity: IdentityKey? {
    lines.first { $0.author.role == .client }?.author.identity
  }

  /// The newest grant as signed.
  public var newestGrant: Grant? {
    for line in lines.reversed() {
      if case .grant(let grant) = line.body { return grant }
    }
    return nil
  }

  /// Who may be a member, whatever the phase: the phase governs content only.
  ///
  /// A supervisor is one once the consent to supervision has been acknowledged, until it is taken back.
  public var members: [Member] {
    var members = [
      Member(
        role: .therapist, identity: therapistIdentity,
        lowestSerial: highestSerial(of: therapistIdentity),
        name: state.newestOffer.terms.practice.name)
    ]
    if let client = clientIdentity {
      members.append(
        Member(
          role: .client, identity: client, lowestSerial: highestSerial(of: client),
          name: newestGrant?.name ?? ""))
    }
    if let settlement = state.newestSettlement, settlement.scopes.contains(.supervision),
      let person = settlement.offer.terms.offer(of: .supervision)?.person,
      let identity = person.identity, !members.contains(where: { $0.identity == identity })
    {
      members.append(
        Member(role: .supervisor, identity: identity, lowestSerial: nil, name: person.name))
    }
    return members
  }

  /// The role of an identity that may be a member.
  public func role(of identity: IdentityKey) -> ConsentRole? {
    members.first { $0.identity == identity }?.role
  }
}
