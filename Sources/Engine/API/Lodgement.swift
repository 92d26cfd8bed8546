// SPDX-License-Identifier: Apache-2.0

/// The relay's signed word that a consent line was lodged: in a turn that it cannot read.
public struct Lodgement: Sendable, Hashable {
  /// The line's index in the ledger.
  public let line: Int
  /// UTC day since 1970.
  public let day: UInt32
  /// Where the turn lies in the channel.
  public let position: UInt64
  /// What the relay signed.
  public let channel: [UInt8]
  public let envelope: [UInt8]
  public let chain: [UInt8]
  public let named: [UInt8]
  /// Ed25519 by ``identity``, 64 bytes.
  public let signature: [UInt8]
  /// The relay's identity, 32 bytes.
  public let identity: [UInt8]
}
