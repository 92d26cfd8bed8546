// SPDX-License-Identifier: Apache-2.0

/// What a primitive refuses. Failure of decryption is a single case without detail.
public enum PrimitiveError: Error, Equatable, Sendable {
  /// A ciphertext, tag or signature does not belong to its key, nonce or associated data.
  case authenticationFailed
  /// A key does not parse, or is of a kind that gives no secret (a low-order point, say).
  case invalidKey
  /// An input has another size than the algorithm takes.
  case invalidLength
  /// The system gives no more memory, guarded or for a password hash.
  case outOfMemory
}
