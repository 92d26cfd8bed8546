// SPDX-License-Identifier: Apache-2.0

/// Why a relay's store does not open.
package enum RelayStoreError: Error, Sendable, Hashable {
  /// Another process has it.
  case inUse
  /// No store lies there.
  case missing
  /// The file is no store of a relay.
  case foreignFile
  /// A newer version of the program wrote it.
  case newerSchema
  /// The disk does not promise what a durable answer needs.
  case notDurable
  /// Its pages contradict each other.
  case integrity
  /// Others on this machine may read it.
  case readableByOthers
  /// The system refuses to read or write it.
  case unavailable
}
