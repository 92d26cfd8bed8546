// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
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
        let error = EngineError(mapping: error, about: name?.text)
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
    var people: [RelationshipRecord] = []
    await check("people", "every record and key belongs to somebody in the list") {
      people = try everybody()
      try requireNobodyMissing()
    }
    for record in people {
      let name = LocalName(stored: record.name)
      await check("person", of: name, "ledger, group and channel agree") {
        let report = try auditRoom(record.owner)
        guard report.audit.isClean else { throw EngineError(.ledgerInvalid) }
        try look(record.owner) { try $0.requireWorking() }
      }
    }
    for relay in relaysInUse(by: people) {
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

  private func relaysInUse(by people: [RelationshipRecord]) -> Set<RelayAddress> {
    var found: Set<RelayAddress> = []
    if let profile = try? store.read(keys(), { try self.profile(in: $0) }),
      let relay = try? RelayAddress(profile.relay)
    {
      found.insert(relay)
    }
    found.formUnion(people.compactMap { try? RelayAddress(stored: $0.relay) })
    return found
  }
}
