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

  /// Looks at the store, the vault, the group states and the relays; nothing is changed.
  public func healthChecks() async -> [HealthCheck] {
    var checks: [HealthCheck] = []
    func check(
      _ subject: String, of name: LocalName? = nil, _ finding: String, next: String? = nil,
      _ body: () async throws -> Void
    ) async {
      do {
        try await body()
        checks.append(
          HealthCheck(
            subject: subject, name: name, severity: .information, finding: finding, error: nil,
            next: nil))
      } catch {
        let error = EngineError(mapping: error)
        checks.append(
          HealthCheck(
            subject: subject, name: name,
            severity: error.exit == .unreachable ? .warning : .failure, finding: error.message,
            error: error, next: next ?? error.next.first))
      }
    }
    await check("vault", "the vault opens") { _ = try keys() }
    await check("store", "every record opens") { try store.checkIntegrity(try keys()) }
    await check("profile", "the profile is there") {
      _ = try store.read(keys()) { try self.profile(in: $0) }
    }
    for owner in (try? everybody()) ?? [] {
      guard let name = try? look(owner, { $0.name }) else { continue }
      await check("person", of: name, "ledger, group and channel agree") {
        let report = try auditRoom(owner)
        guard report.audit.isClean else { throw EngineError(.ledgerInvalid, about: name.text) }
        try look(owner) { try $0.requireWorking() }
      }
    }
    for relay in relaysInUse() {
      await check("relay \(relay.text)", "the relay answers", next: "alcove sync") {
        let description = try await relays.connection(to: relay).describe()
        guard description.versions.contains(1) else { throw EngineError(.relayForeign) }
      }
      await check("clock", "the clock agrees with the relay's within ten minutes") {
        let description = try await relays.connection(to: relay).describe()
        let now = clock.now()
        guard (now - 600...now + 600).contains(description.time) else {
          throw EngineError(.clockDiffers)
        }
      }
    }
    return checks
  }

  private func relaysInUse() -> Set<RelayAddress> {
    var found: Set<RelayAddress> = []
    if let profile = try? store.read(keys(), { try self.profile(in: $0) }),
      let relay = try? RelayAddress(profile.relay)
    {
      found.insert(relay)
    }
    for owner in (try? everybody()) ?? [] {
      if let relay = try? look(owner, { try RelayAddress(stored: $0.record.relay) }) {
        found.insert(relay)
      }
    }
    return found
  }
}
