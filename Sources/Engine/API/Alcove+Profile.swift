// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import KeyManagement
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Makes the profile in an empty store, over a vault that was just created for the same role.
  public func createProfile(_ new: NewProfile) throws(EngineError) {
    try typed {
      guard (vault.role == .therapist) == (new.role == .therapist) else {
        throw EngineError(.wrongRole)
      }
      guard LocalName(new.name) != nil, LocalName(new.device) != nil else {
        throw EngineError(.badName)
      }
      if new.role == .therapist {
        guard let relay = new.relay, (try? RelayAddress(relay)) != nil else {
          throw EngineError(.relayForeign)
        }
      }
      try store.transaction(keys()) { tx in
        if try tx.contains(.profile, profileOwner, RecordKey(0)) {
          throw EngineError(.profileExists)
        }
        try tx.put(
          ProfileRecord(new, created: clock.now()), .profile, profileOwner, RecordKey(0))
      }
    }
  }

  /// One screen: who this is, who there is, what to do next.
  public func status() throws(EngineError) -> ProfileStatus {
    let profile = try typed { try store.read(keys()) { try self.profile(in: $0) } }
    let people = try people()
    return ProfileStatus(
      role: profile.role, name: profile.name, device: profile.device,
      relay: profile.relay.isEmpty ? nil : profile.relay, people: people,
      next: next(profile.role, people))
  }

  private func next(_ role: ConsentRole, _ people: [Person]) -> [NextCommand] {
    var next: [NextCommand] = []
    for person in people {
      if person.unread > 0 { next.append(.init("alcove read", person.name)) }
      if person.awaitsDecision { next.append(.init("alcove consent acknowledge", person.name)) }
      if person.newTermsWait { next.append(.init("alcove consent renew", person.name)) }
      if person.state == .connected, !person.verified {
        next.append(.init("alcove verify", person.name))
      }
      if person.state == .damaged {
        next.append(.init("alcove consent audit", person.name))
        next.append(
          .init(
            role == .therapist
              ? "alcove invite NEW-NAME"
              : "on the therapist's computer: alcove invite NEW-NAME"))
      }
      if let trouble = person.trouble {
        next.append(.init("alcove explain \(trouble.code.rawValue)"))
      }
    }
    if people.contains(where: { $0.waiting > 0 || $0.state == .answered || $0.state == .invited }) {
      next.append(.init("alcove sync"))
    }
    if people.isEmpty {
      next.append(.init(role == .therapist ? "alcove invite NAME" : "alcove accept"))
    }
    return next
  }
}
