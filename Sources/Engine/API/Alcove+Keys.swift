// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
public import KeyManagement
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Ages and fingerprints of the keys of this profile.
  public func keyReport() throws(EngineError) -> KeyReport {
    try typed {
      let profile = try store.read(keys()) { try self.profile(in: $0) }
      let now = clock.now()
      var devices: [KeyReport.Device] = []
      if profile.role == .therapist {
        devices.append(device(try vault.device(for: vault.profileOwner), profile.device, nil))
      }
      var damaged: [EngineError] = []
      let relationships = try lookAtEverybody(
        orWhereDamaged: { _, error in
          damaged.append(error)
          return nil
        },
        { room -> KeyReport.Relationship? in
          if profile.role == .client {
            let own = try vault.device(for: KeyOwner(room.owner))
            devices.append(device(own, profile.device, room.name))
          }
          return KeyReport.Relationship(
            person: room.name, epoch: room.channel.epoch,
            lastOwnCommit: room.channel.schedule.lastCommit,
            nextTurn: room.channel.schedule.due,
            overdue: room.channel.schedule.isOverdue(at: now),
            pending: try room.tx.contains(.stagedCommit, room.owner) || room.wantsUpdate())
        })
      return KeyReport(devices: devices, relationships: relationships, damaged: damaged)
    }
  }

  private func device(
    _ record: DeviceRecord, _ name: String, _ person: LocalName?
  ) -> KeyReport.Device {
    KeyReport.Device(
      name: name, person: person, serial: record.verified.serial.value,
      fingerprint: Digest.sha256(record.verified.device.bytes),
      identityFingerprint: Digest.sha256(record.verified.identity.bytes), created: record.created)
  }

  /// New secrets with one person now: an empty commit with fresh keys on the whole path.
  public func rotateKeys(with name: LocalName) async throws(EngineError) -> RotationResult {
    try await typed(about: name) {
      let owner = try owner(of: name)
      var run = Run()
      try step(owner, &run) { room in
        try room.requireWorking()
        room.channel.wantUpdate()
      }
      // It ends without an obstacle when nothing is left to post, the commit that answers this wish neither,
      // or when the relationship has stopped.
      let obstacle = await obstacle(about: name) {
        try await exchange(owner, &run)
        try look(owner) { room in
          if room.channel.wantsUpdate { try room.requireWorking() }
        }
      }
      return RotationResult(epoch: try look(owner) { $0.channel.epoch }, obstacle: obstacle)
    }
  }

  /// A new device key under the next serial, certified with the recovery words. Its chain goes out with the
  /// next own commit to each person, which is made at once where the relay answers.
  public func rotateDevice(
    _ words: borrowing RecoveryWords
  ) async throws(EngineError) -> [(name: LocalName, result: RotationResult)] {
    do {
      guard try vault.matches(words) else { throw EngineError(.wrongRecoveryWords) }
      let people = try everybody()
      if vault.role == .therapist {
        _ = try vault.rotateDevice(for: vault.profileOwner, words: words, at: clock.now())
      } else {
        for owner in people.map(\.owner) {
          do {
            _ = try vault.rotateDevice(for: KeyOwner(owner), words: words, at: clock.now())
          } catch VaultError.noKey {
            // Lost with everything of theirs, which is found and told when it is to be announced.
          }
        }
      }
      return try await announceDevice(people)
    } catch {
      throw EngineError(mapping: error)
    }
  }

  private func announceDevice(
    _ people: [RelationshipRecord]
  ) async throws -> [(name: LocalName, result: RotationResult)] {
    var run = Run()
    var results: [(name: LocalName, result: RotationResult)] = []
    // First everywhere that it is wanted, then the relays: a crash in between forgets nobody. From here on
    // the key is replaced, and nobody's trouble keeps it from the others.
    let working = try people.filter { record in
      do {
        return try step(record.owner, &run) { room in
          room.channel.wantUpdate()
          return room.channel.trouble == nil
        }
      } catch {
        let error = EngineError(mapping: error, about: record.name)
        guard error.isDamage else { throw error }
        results.append(
          (LocalName(stored: record.name), RotationResult(epoch: nil, obstacle: error)))
        return false
      }
    }
    for record in working {
      let name = LocalName(stored: record.name)
      let obstacle = await obstacle(about: name) {
        try await exchange(record.owner, &run)
        try look(record.owner) { try $0.requireWorking() }
      }
      let epoch = try? look(record.owner) { $0.channel.epoch }
      results.append((name, RotationResult(epoch: epoch, obstacle: obstacle)))
    }
    return results
  }

  /// Whether these are the words of this profile: a rehearsal.
  public func testRecovery(_ words: borrowing RecoveryWords) throws(EngineError) {
    do {
      guard try vault.matches(words) else { throw EngineError(.wrongRecoveryWords) }
    } catch {
      throw EngineError(mapping: error)
    }
  }
}
