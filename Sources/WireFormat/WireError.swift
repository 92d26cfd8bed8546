// SPDX-License-Identifier: Apache-2.0

/// What can be wrong with bytes in the TLS presentation language.
public enum WireError: Error, Equatable, Sendable {
  /// The bytes end before the structure does.
  case truncated
  /// The structure ends before the bytes do.
  case trailingBytes
  /// A length is written in more bytes than it needs, or with the prefix `11`, which has no meaning.
  case nonMinimalLength
  /// A length exceeds the limit of its field.
  case tooLong
  /// A version that is not known, or not the one around it.
  case version
  /// The bytes have the right shape and mean nothing.
  case invalidValue
}
