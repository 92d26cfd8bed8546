// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import KeyManagement
internal import MLS
internal import Primitives
internal import WireFormat

extension Alcove {
  /// Whose records are the profile's own.
  var profileOwner: RecordOwner { RecordOwner(vault.profileOwner) }

  /// The data keys as the vault holds them now; asked for each transaction, since another process may
  /// have added a relationship.
  func keys() throws -> DataKeys {
    var ring = DataKeys()
    for key in try vault.dataKeys() {
      try ring.add(
        key.key, for: RecordOwner(key.owner), generation: KeyGeneration(key.generation))
    }
    return ring
  }

  // MARK: Lines

  /// Signs a line as this profile's device in a relationship.
  func sign(
    _ body: LineBody, upon ledger: Ledger, void: [LineHash], owner: RecordOwner, now: Int64
  ) throws -> UnverifiedLine {
    try signable {
      try author(for: KeyOwner(owner)).line(
        body, upon: ledger, void: void, clock: ConsentTime(clamping: now),
        signing: try vault.deviceKey(for: KeyOwner(owner)))
    }
  }

  /// Signs line 0 of a relationship to come.
  func signTerms(
    _ terms: Terms, relationship: RelationshipID, now: Int64
  ) throws -> UnverifiedLine {
    try signable {
      try author(for: vault.profileOwner).found(
        relationship, terms: terms, clock: ConsentTime(clamping: now),
        signing: try vault.deviceKey(for: vault.profileOwner))
    }
  }

  /// An own line that its reader would refuse by its form alone is a mistake in what was asked for, and
  /// no sign of damage.
  private func signable(_ make: () throws -> UnverifiedLine) throws -> UnverifiedLine {
    do {
      return try make()
    } catch ConsentError.line(.dates) {
      throw EngineError(.dayPassed)
    } catch ConsentError.line {
      throw EngineError(.notSignable)
    }
  }

  private func author(for owner: KeyOwner) throws -> LineAuthor {
    LineAuthor(try vault.device(for: owner).verified)
  }

  // MARK: Leaves

  /// A signature key for one leaf, made here and certified by this profile's device.
  func freshLeaf(
    suite: CipherSuite, relationship: [UInt8], owner: RecordOwner
  ) throws -> FreshLeaf {
    let device = try vault.device(for: KeyOwner(owner)).verified
    let key = try SignatureKey(suite: suite, random: random)
    let certificate = try LeafCertificate.issue(
      forLeafKey: key.publicKey.bytes, relationship: relationship, device: device,
      by: try vault.deviceKey(for: KeyOwner(owner)))
    return FreshLeaf(
      parameters: LeafParameters(
        signatureKey: key, credential: .other(.alcove, body: certificate.wireBytes),
        capabilities: GroupContextPolicy.capabilities(suite), grease: GroupContextPolicy.grease),
      serial: device.serial.value)
  }
}

extension RecordOwner {
  init(_ owner: KeyOwner) {
    // Both are 16 bytes by their types.
    self = RecordOwner(owner.bytes) ?? RecordOwner(random: SystemRandom())
  }
}

extension KeyOwner {
  init(_ owner: RecordOwner) {
    self = KeyOwner(owner.bytes) ?? KeyOwner(random: SystemRandom())
  }
}
