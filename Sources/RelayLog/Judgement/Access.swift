// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What a token opens in a channel.
package enum Access: Sendable, Hashable {
  /// No such channel, or a token that is none of its own: the two are one.
  case none
  /// The whole log, and appends.
  case current
  /// The log up to and including the turn that retired it.
  case retired(last: Position)

  /// Whether an entry at `position` may be read.
  package func reads(_ position: Position) -> Bool {
    switch self {
    case .none: false
    case .current: true
    case .retired(let last): position <= last
    }
  }
}
