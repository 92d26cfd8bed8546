// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// Who stands behind what a relay holds: everything of one peer is counted together.
enum Peer: Hashable, Sendable {
  /// An IPv4 address, or the 56-bit prefix of an IPv6 one; where addresses do not count there is none.
  case address([UInt8])
  /// The members of a channel, by the token that they show. Not the channel itself: who merely knows its
  /// name, or was removed from it, would use up its members' share.
  case members(TokenHash)
  /// Somebody of whom nothing is known.
  case nobody(UInt64)
}
