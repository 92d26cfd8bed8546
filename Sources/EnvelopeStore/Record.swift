// SPDX-License-Identifier: Apache-2.0

/// An opened row.
public struct Record: Equatable, Sendable {
  /// Its key within table and owner.
  public let key: RecordKey
  /// What was sealed.
  public internal(set) var bytes: [UInt8]
}

/// A row as it lies on the disk.
package struct SealedRow: Equatable, Sendable {
  package var address: RecordAddress
  package var generation: KeyGeneration
  package var sealed: [UInt8]

  package init(address: RecordAddress, generation: KeyGeneration, sealed: [UInt8]) {
    self.address = address
    self.generation = generation
    self.sealed = sealed
  }
}
