// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What becomes of an append.
package enum Verdict: Sendable, Hashable {
  /// It goes to the end of the log, and turns the lock if it names hashes.
  case append(LogAt)
  /// It is there already: the first result.
  case replay(LogAt)
  case refuse(RelayError)
}
