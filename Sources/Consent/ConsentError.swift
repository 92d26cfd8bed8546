// SPDX-License-Identifier: Apache-2.0

/// Why a line, a ledger or an export was not accepted.
public enum ConsentError: Error, Equatable, Sendable {
  /// The header or the payload is not strict JSON.
  case json(JSONFault)
  /// The bytes are not a consent line of version 1.
  case line(LineFault)
  /// The line is of a version or a kind that this program does not know; a newer one may.
  case unsupported
  /// The signature is not by the key that the line names.
  case signature
  /// The line is authentic, but this ledger cannot take it.
  case rule(LedgerRule)
  /// The file is not an export, or its first line does not follow from the others.
  case export(ExportFault)
}

/// What is wrong with the form of a line.
public enum LineFault: Error, Equatable, Sendable {
  /// Not three parts of base64url, joined by dots.
  case compactForm
  /// The bytes exceed the limit of a line.
  case tooLarge
  /// The protected header is not exactly `alg`, `kid`, `typ` with the values of a consent line.
  case header
  /// Base64url that is not canonical.
  case base64url
  /// A member of another JSON type than it must be.
  case wrongType
  /// A member that must be there is not.
  case missingMember
  /// A member that this version does not know.
  case unknownMember
  /// A number, count or length outside its bounds.
  case outOfRange
  /// A time that is not `YYYY-MM-DDThh:mm:ssZ`.
  case time
  /// A text that is empty, too long, or holds control or direction-override characters.
  case text
  /// A scope that does not exist, or one named twice.
  case scope
  /// The hash of the form is not the hash of its text.
  case formHash
  /// A validity that ends before it begins.
  case dates
  /// A body that says nothing: no scope to change, nothing to withdraw.
  case empty
  /// A `certificate` that is not a valid chain of identity and device.
  case certificate
}

/// What is wrong with an export or a line handed over as a file.
public enum ExportFault: Error, Equatable, Sendable {
  /// The file is longer than any ledger may be.
  case tooLarge
  /// The last line is not ended by a line feed, or a line is empty.
  case lineEnds
  /// There is a first line and nothing after it.
  case empty
  /// The first line is not the one that the others give.
  case firstLine
  /// The file hands over a line that is not a withdrawal.
  case notAWithdrawal
}
