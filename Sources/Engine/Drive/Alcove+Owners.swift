// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import KeyManagement

/// From when until when a relationship has keys.
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

  /// Destroys every key of those whom no relationship and no living invitation names: what was deleted or
  /// came to nothing, now or before a crash.
  ///
  /// Never of those of whom the store holds records, whatever became of their row in the list.
  func destroyUnusedKeys() throws {
    // The vault first: who is in it now was reserved in the store before, or is named there.
    let owners = try vault.dataKeys().map { RecordOwner($0.owner) }
    guard try store.read(keys(), { !(try unnamed(owners, in: $0)).isEmpty }) else { return }
    let unused = try store.transaction(keys()) { tx in
      let now = clock.now()
      let young = now - Self.longestReservation...now + Self.longestReservation
      for row in try tx.scan(.reservation, profileOwner) {
        let made = RecordKey(row.bytes).number.flatMap { Int64(exactly: $0) }
        if made.map({ !young.contains($0) }) ?? true {
          try tx.delete(.reservation, profileOwner, row.key)
        }
      }
      return try unnamed(owners, in: tx).filter { owner in
        try !tx.contains(.reservation, profileOwner, RecordKey(owner.bytes))
          && !tx.hasRecords(owner)
      }
    }
    for owner in unused { try vault.removeRelationship(KeyOwner(owner)) }
  }

  private func unnamed(
    _ owners: [RecordOwner], in tx: RecordTransaction
  ) throws -> Set<RecordOwner> {
    let living = try invitations(in: tx).map(\.value).filter { $0.stage != .over }
    return Set(owners).subtracting([profileOwner])
      .subtracting(try records(in: tx).map(\.owner)).subtracting(living.map(\.owner))
  }
}
