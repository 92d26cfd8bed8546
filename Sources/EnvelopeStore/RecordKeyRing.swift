// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where a transaction finds the data keys: every owner has its own, so that destroying one key
/// destroys one relationship.
public protocol RecordKeyRing: Sendable {
  /// The sealer for new records of an owner, or ``StoreError/noKey``.
  func current(for owner: RecordOwner) throws(StoreError) -> RecordSealer
  /// The sealer with which an older record of an owner opens, or ``StoreError/noKey``.
  func sealer(
    for owner: RecordOwner, generation: KeyGeneration
  ) throws(StoreError) -> RecordSealer
}

/// A key ring made of keys that the caller has unwrapped.
public struct DataKeys: RecordKeyRing {
  private var sealers: [RecordOwner: [KeyGeneration: RecordSealer]] = [:]

  public init() {}

  /// A ring with a single first-generation key; ``StoreError/noKey`` if it has not 32 bytes.
  public init(_ key: SharedSecret, for owner: RecordOwner) throws(StoreError) {
    try add(key, for: owner)
  }

  /// Adds a key; the highest generation of an owner is the one that seals.
  public mutating func add(
    _ key: SharedSecret, for owner: RecordOwner, generation: KeyGeneration = .first
  ) throws(StoreError) {
    guard let sealer = RecordSealer(key: key, generation: generation) else { throw .noKey }
    sealers[owner, default: [:]][generation] = sealer
  }

  /// Forgets all keys of an owner.
  public mutating func remove(_ owner: RecordOwner) { sealers[owner] = nil }

  public func current(for owner: RecordOwner) throws(StoreError) -> RecordSealer {
    guard let own = sealers[owner], let newest = own.keys.max(), let sealer = own[newest] else {
      throw .noKey
    }
    return sealer
  }

  public func sealer(
    for owner: RecordOwner, generation: KeyGeneration
  ) throws(StoreError) -> RecordSealer {
    guard let sealer = sealers[owner]?[generation] else { throw .noKey }
    return sealer
  }
}
