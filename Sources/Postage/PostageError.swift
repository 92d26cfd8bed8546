// SPDX-License-Identifier: Apache-2.0

/// Why there is no postage.
public enum PostageError: Error, Sendable, Hashable {
  /// The bytes are no key of 2,048 bits as RFC 9578 §6.5 writes it.
  case badKey
  /// The request is for another key, or another kind of token.
  case wrongKey
  /// The answer does not fit the request.
  case badAnswer
  /// The text is not what one of these programs wrote.
  case badText
  /// The library refuses without a reason that anybody could do something about.
  case failed
}
