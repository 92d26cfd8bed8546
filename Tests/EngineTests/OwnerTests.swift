// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import MLS
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// One name stands for one person, and keys are there exactly as long as somebody needs them.
@Suite struct OwnerTests {
  /// A vault at whose next data key something else of the same profile happens first.
  private final class BusyVault: KeyVault {
    let inner: UnsealedTestVault
    private let meanwhile: Mutex<(@Sendable () throws -> Void)?>

    init(_ inner: UnsealedTestVault, meanwhile: @escaping @Sendable () throws -> Void) {
      self.inner = inner
      self.meanwhile = Mutex(meanwhile)
    }

    var role: Role { inner.role }
    var profileOwner: KeyOwner { inner.profileOwner }
    func dataKeys() throws(VaultError) -> [DataKey] { try inner.dataKeys() }
    func addRelationship(_ owner: KeyOwner) throws(VaultError) {
      try inner.addRelationship(owner)
      let meanwhile = self.meanwhile.withLock { body in
        defer { body = nil }
        return body
      }
      do { try meanwhile?() } catch { throw .busy }
    }
    func makeIdentity(
      for owner: KeyOwner, relationship: [UInt8], at time: Int64
    ) throws(VaultError) -> DeviceRecord {
      try inner.makeIdentity(for: owner, relationship: relationship, at: time)
    }
    func device(for owner: KeyOwner) throws(VaultError) -> DeviceRecord {
      try inner.device(for: owner)
    }
    func deviceKey(for owner: KeyOwner) throws(VaultError) -> Ed25519SigningKey {
      try inner.deviceKey(for: owner)
    }
    func sealedIdentity(for owner: KeyOwner) throws(VaultError) -> SealedIdentity {
      try inner.sealedIdentity(for: owner)
    }
    func rotateDevice(
      for owner: KeyOwner, words: borrowing RecoveryWords, at time: Int64
    ) throws(VaultError) -> DeviceRecord {
      try inner.rotateDevice(for: owner, words: words, at: time)
    }
    func matches(_ words: borrowing RecoveryWords) throws(VaultError) -> Bool {
      try inner.matches(words)
    }
    func removeRelationship(_ owner: KeyOwner) throws(VaultError) {
      try inner.removeRelationship(owner)
    }
  }

  private func alcove(
    of someone: Someone, meanwhile: @escaping @Sendable () throws -> Void
  ) -> Alcove {
    Alcove(
      store: MemoryRecordStore(disk: someone.disk, random: someone.random),
      vault: BusyVault(someone.vault, meanwhile: meanwhile), clock: someone.clock,
      random: someone.random, relays: someone.network, suite: .x25519ChaCha20)
  }

  /// The owners of data keys, without the profile.
  private func owners(_ someone: Someone) throws -> Set<KeyOwner> {
    Set(try someone.vault.dataKeys().map(\.owner)).subtracting([someone.vault.profileOwner])
  }

  private func addInvitation(named name: LocalName, like record: InvitationRecord, _ alcove: Alcove)
    throws
  {
    let owner = try alcove.makeDataKey()
    try alcove.store.transaction(alcove.keys()) { tx in
      try alcove.claim(owner, in: tx)
      let copy = InvitationRecord(
        stage: record.stage, name: name.text, owner: owner, relay: record.relay,
        secret: record.secret, created: record.created, expires: record.expires,
        offer: record.offer, posts: record.posts, turn: record.turn, key: record.key,
        answer: record.answer)
      try tx.put(copy, .invitation, alcove.profileOwner, RecordKey(alcove.random.bytes(16)))
    }
  }

  private func invitations(_ someone: Someone) throws -> [InvitationRecord] {
    let alcove = someone.alcove
    return try alcove.store.read(alcove.keys()) { try alcove.invitations(in: $0).map(\.value) }
  }

  @Test func `two who invite under one name at once get one link`() async throws {
    let practice = try Practice()
    let ines = practice.ines
    _ = try await ines.alcove.invite(LocalName("other")!)
    let other = try #require(try invitations(ines).first)
    let slow = alcove(of: ines) {
      try addInvitation(named: practice.maraName, like: other, ines.alcove)
    }
    let link = try await slow.invite(practice.maraName).link
    let made = try invitations(ines).filter { $0.name == practice.maraName.text }
    #expect(made.count == 1)
    #expect(try made[0].link() == link)
    // The key that nobody came to need goes.
    practice.clock.advance(3_601)
    try await ines.sync()
    #expect(try owners(ines) == Set(try invitations(ines).map { KeyOwner($0.owner) }))
  }

  @Test func `one link is answered once, whatever the names, and a name is given once`()
    async throws
  {
    for sameName in [true, false] {
      let practice = try Practice()
      let (ines, mara) = (practice.ines, practice.mara)
      let link = try await ines.alcove.invite(practice.maraName).link
      let offer = try await mara.alcove.inspectInvitation(link)
      let answer = Acceptance(answers: [.text: true], signedAs: "M.")
      // Another process of the profile has answered meanwhile: under this name, or this link.
      let slow = alcove(of: mara) {
        let alcove = mara.alcove
        let record = InvitationRecord(
          stage: .answered, name: sameName ? "albrecht" : "ines",
          owner: RecordOwner(random: alcove.random), relay: link.relay.stored,
          secret: sameName ? alcove.random.secret(16) : link.secret, created: 1,
          expires: Int64.max / 2, offer: offer.bytes, posts: [], turn: SharedSecret(zeros: 0),
          key: SharedSecret(zeros: 0), answer: [])
        try alcove.store.transaction(alcove.keys()) {
          try $0.put(record, .invitation, alcove.profileOwner, RecordKey([1]))
        }
      }
      let refusal =
        sameName
        ? EngineError(.nameTaken, about: "albrecht") : EngineError(.notYetConnected, about: "ines")
      await #expect(throws: refusal) { try await slow.accept(offer, answer) }
      #expect(try invitations(mara).count == 1)
    }
  }

  @Test func `the keys of a relationship that nobody came into go with it`() async throws {
    let practice = try Practice()
    let ines = practice.ines
    try await practice.invite()
    try await ines.sync()
    let before = try owners(ines)
    #expect(before.count == 1)
    practice.relay.lose(try #require(practice.intakes.first), behind: nil)
    practice.clock.advance(20 * 86_400)
    try await ines.sync()
    _ = try await ines.alcove.invite(practice.maraName)
    let after = try owners(ines)
    #expect(after.count == 1 && after.isDisjoint(with: before))
  }

  @Test func `the keys of an answer that came to nothing go, and those in use stay`() async throws {
    let practice = try await Practice.connected()
    let (ines, mara) = (practice.ines, practice.mara)
    let used = try owners(mara)
    let other = try Someone(.therapist, practice.relay, practice.clock, seed: 91)
    let link = try await other.alcove.invite(LocalName("m")!).link
    let offer = try await mara.alcove.inspectInvitation(link)
    _ = try await mara.alcove.accept(
      offer,
      Acceptance(answers: [.text: true], signedAs: "M.", name: LocalName("other")!))
    #expect(try owners(mara).count == 2)
    practice.clock.advance(20 * 86_400)
    let intake = try #require(
      try other.alcove.store.read(other.alcove.keys()) { tx in
        try other.alcove.invitations(in: tx).first.map {
          try IntakeSecrets($0.value.secret).channel
        }
      })
    practice.relay.lose(intake, behind: nil)
    _ = try await mara.alcove.sync()
    #expect(try owners(mara) == used)
    _ = try await mara.alcove.send("still here", to: practice.inesName)
    try await ines.sync()
    #expect(try ines.texts(practice.maraName) == ["still here"])
  }

  @Test func `a key that is being made is left alone, and one of a crash goes after an hour`()
    async throws
  {
    let practice = try Practice()
    let ines = practice.ines
    let owner = try ines.alcove.makeDataKey()
    try await ines.sync()
    #expect(try owners(ines) == [KeyOwner(owner)])
    practice.clock.advance(3_601)
    try await ines.sync()
    #expect(try owners(ines).isEmpty)
    // Whoever has taken so long seals nothing under a key that is gone.
    let alcove = ines.alcove
    #expect(throws: EngineError(.storeUnavailable)) {
      try alcove.store.transaction(alcove.keys()) { try alcove.claim(owner, in: $0) }
    }
  }

  @Test func `keys are kept of whom records are left, though nothing names them`() async throws {
    let practice = try await Practice.connected()
    let alcove = practice.ines.alcove
    let owner = try alcove.owner(of: practice.maraName)
    try alcove.store.transaction(alcove.keys()) { tx in
      try tx.delete(.relationship, alcove.profileOwner, RecordKey(owner.bytes))
    }
    practice.clock.advance(86_400)
    _ = try await alcove.sync()
    #expect(try owners(practice.ines) == [KeyOwner(owner)])
  }

  @Test func `an older store beside the vault destroys no key that it does not know`() async throws
  {
    let practice = try Practice()
    let (ines, mara) = (practice.ines, practice.mara)
    let (yesterday, hers) = (ines.copied(), mara.copied())
    try await practice.invite()
    try await practice.settle()
    practice.clock.advance(86_400)
    for (older, newer) in [(yesterday, ines), (hers, mara)] {
      let before = try owners(newer)
      _ = try await older.alcove.sync()
      #expect(try owners(newer) == before && before.count == 1)
      // Nobody in it has these keys, and that is told.
      let failures = await older.alcove.healthChecks().filter {
        $0.severity == .failure && $0.subject != "clock"
      }
      #expect(failures.map(\.error?.code) == [.storeDamaged])
    }
    _ = try await mara.alcove.send("as before", to: practice.inesName)
    try await practice.settle()
    #expect(try ines.texts(practice.maraName) == ["as before"])
  }

  @Test func `who was erased is not missing, and an older vault loses the keys again`() async throws
  {
    let practice = try Practice()
    let ines = practice.ines
    let owner = try ines.alcove.makeDataKey()
    practice.clock.advance(3_601)
    try await ines.sync()
    #expect(try owners(ines).isEmpty)
    try ines.vault.addRelationship(KeyOwner(owner))
    let checks = await ines.alcove.healthChecks()
    #expect(checks.allSatisfy { $0.severity != .failure || $0.subject == "clock" })
    try await ines.sync()
    #expect(try owners(ines).isEmpty)
  }
}
