// SPDX-License-Identifier: Apache-2.0

public import RelayProtocol

/// Why a blob did not get through, by what the caller can do about it.
public enum BlobFailure: Error, Sendable, Hashable {
  /// The relay refuses, or has not been reached for too long. What is there stays there: the same
  /// upload or download can go on later, after ``RelayError/tokenRetired(last:)`` under the next token.
  case relay(RelayError)
  /// The content is not what it was when the upload was prepared. It needs a new preparation: two
  /// contents under one key would give each other away.
  case sourceChanged
  /// The content cannot be read.
  case sourceUnreadable
  /// The content is longer than a blob can be.
  case tooLong
  /// What the relay sent was not sealed under this key for this place.
  case notAuthentic
  /// The caller has been cancelled.
  case cancelled

  init(_ error: any Error, otherwise: BlobFailure) {
    switch error {
    case let error as BlobFailure: self = error
    case let error as RelayError: self = .relay(error)
    case is CancellationError: self = .cancelled
    default: self = otherwise
    }
  }
}
