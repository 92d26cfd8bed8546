// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import KeyManagement

/// From when until when a relationship has keys.
///
///     reserved --named by an invitation--> in use --erased, or the invitation came to nothing--> erased
///         '--- not named within the hour ----------------------------------------------------------^
///
/// Keys are destroyed of those alone who are noted as erased, and not of all whom nothing names: a store
/// that was put back from yesterday's copy names nobody met since, and their keys exist nowhere else.
extension Alcove {
  /// For how long whoever makes a data key may take until something names its owner, in seconds.
  private static let longestReservation: Int64 = 3_600

  /// A new owner of records, whose data key is durable before anything is sealed under it.
  ///
  /// The reservation is there before the key, so that no key is without a word in the store, and goes as soon
  /// as the store names the owner. Whoever takes longer finds it gone, and the key with it.
  func makeDataKey() throws -> RecordOwner {
    let owner = KeyOwner(random: random)
    try store.transaction(keys()) { tx in
      let now = RecordKey(UInt64(max(0, clock.now())))
      try tx.put(now.bytes, .reservation, profileOwner, RecordKey(owner.bytes))
    }
    try vault.addRelationship(owner)
    return RecordOwner(owner)
  }

  /// Ends the reservation of an owner whom this transaction names.
  func claim(_ owner: RecordOwner, in tx: RecordTransaction) throws {
    guard try tx.delete(.reservation, profileOwner, RecordKey(owner.bytes)) else {
      throw EngineError(.storeUnavailable)
    }
  }

  /// Erases what the store holds of an owner whom nothing is to name any more, and notes it, so that the keys
  /// go with the next ``destroyUnusedKeys()``.
  ///
  /// The note stays: an older copy of the vault that is put back loses them, too.
  func erase(_ owner: RecordOwner, in tx: RecordTransaction) throws {
    try tx.deleteEverything(of: owner)
    try tx.put([], .erased, profileOwner, RecordKey(owner.bytes))
  }

  /// Destroys every key of those who were erased, now or before a crash.
  func destroyUnusedKeys() throws {
    if try !store.read(keys(), { try oldReservations(in: $0) }).isEmpty {
      try store.transaction(keys()) { tx in
        for owner in try oldReservations(in: tx) {
          try tx.delete(.reservation, profileOwner, RecordKey(owner.bytes))
          try erase(owner, in: tx)
        }
      }
    }
    let owners = try vault.dataKeys().map { RecordOwner($0.owner) }
    let erased = try store.read(keys()) { tx in
      // Opened and not only found: a row that somebody else put there destroys nothing.
      try owners.filter { try tx.get(.erased, profileOwner, RecordKey($0.bytes)) != nil }
    }
    for owner in erased { try vault.removeRelationship(KeyOwner(owner)) }
  }

  /// Whether everybody of whom there is a record or a key is accounted for. A row that was taken out of the
  /// list of people takes neither along, and an older store beside this vault knows nothing of newer keys.
  func requireNobodyMissing() throws {
    // The vault first: who is in it now was reserved in the store before, or is named there.
    let withKeys = try vault.dataKeys().map { RecordOwner($0.owner) }
    try store.read(keys()) { tx in
      let named = Set(try records(in: tx).map(\.owner)).union([profileOwner])
        .union(try invitations(in: tx).map(\.value.owner))
      let isAccountedFor = try withKeys.allSatisfy { owner in
        let key = RecordKey(owner.bytes)
        return try named.contains(owner) || tx.contains(.reservation, profileOwner, key)
          || tx.contains(.erased, profileOwner, key)
      }
      guard isAccountedFor, try tx.owners().isSubset(of: named) else {
        throw EngineError(.storeDamaged)
      }
    }
  }

  /// Whose reservations have lasted for too long; one made at an hour that has not come is old, too.
  private func oldReservations(in tx: RecordTransaction) throws -> [RecordOwner] {
    let now = clock.now()
    let young = now - Self.longestReservation...now + Self.longestReservation
    return try tx.scan(.reservation, profileOwner).compactMap { row in
      let made = RecordKey(row.bytes).number.flatMap { Int64(exactly: $0) }
      return made.map(young.contains) == true ? nil : RecordOwner(row.key.bytes)
    }
  }
}
