// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not JSON as signed lines may hold it.
public enum JSONFault: Error, Equatable, Sendable {
  /// The bytes are not UTF-8, or begin with a byte order mark.
  case notUTF8
  /// The bytes end inside a value.
  case truncated
  /// A byte stands where the grammar (RFC 8259) has no place for it.
  case unexpectedByte
  /// Something follows the value.
  case trailingBytes
  /// An object names a member twice.
  case duplicateMember
  /// A number has a fraction or an exponent, is `-0`, has a leading zero, or exceeds 2^53 - 1.
  case notAnInteger
  /// A string holds a raw control character or half of a surrogate pair.
  case invalidString
  /// Arrays and objects are nested too deep.
  case tooDeep
  /// The bytes are more than the reader's limit.
  case tooLarge
}
