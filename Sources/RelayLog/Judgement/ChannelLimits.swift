// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// How much a channel of a class may hold.
package struct ChannelLimits: Sendable, Hashable {
  package var envelopes: UInt64
  package var bytes: UInt64
  /// What the channel's blobs may take together.
  package var blobBytes: UInt64
  /// How many blobs it may ever have.
  package var blobs: UInt64
  package var mayTurn: Bool
  /// An intake ends so many days after it was made, a relationship after its last append.
  package var days: Int64

  package static func of(_ kind: ChannelClass) -> ChannelLimits {
    switch kind {
    case .intake:
      ChannelLimits(
        envelopes: 8, bytes: 256 << 10, blobBytes: 0, blobs: 0, mayTurn: false, days: 14)
    case .relationship:
      ChannelLimits(
        envelopes: 1 << 32, bytes: 8 << 30, blobBytes: 8 << 30, blobs: 1 << 16, mayTurn: true,
        days: 730)
    }
  }
}
