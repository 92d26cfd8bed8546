// SPDX-License-Identifier: Apache-2.0

/// A ledger as a file that anybody can check without a profile.
///
/// ```
/// {"v":1,"type":"alcove-consent","relationship":…,"keys":[…],"certificates":[…],"head":…,"length":…} LF
/// line 0 LF
/// …
/// ```
///
/// The first line follows from the others and is compared byte for byte, so that no byte of the file
/// can change unseen. It proves what was signed, not that nothing newer exists.
public enum ConsentExport {
  /// The longest file that is read, in bytes: no ledger has a longer one. What its first line repeats of
  /// the other lines, certificates and keys, is at most three quarters of their bytes, since it stands in
  /// them in base64url twice; and the few lines that a full ledger takes come to less than the rest.
  public static let maximumBytes = 2 * Ledger.maximumBytes

  /// The most lines of a file: the first, those of a full ledger, and what that still takes, at most each
  /// scope and the end, granted and still waiting.
  static let maximumLines = 1 + Ledger.maximumLength + 2 * (Scope.allCases.count + 1)

  /// The file of `ledger`.
  public static func jws(_ ledger: Ledger) -> [UInt8] {
    jws(ledger, lines: ledger.lines.map(\.bytes))
  }

  static func jws(_ ledger: Ledger, lines: [[UInt8]]) -> [UInt8] {
    var file = firstLine(of: ledger)
    file.append(0x0a)
    for line in lines {
      file.append(contentsOf: line)
      file.append(0x0a)
    }
    return file
  }

  /// The lines of a file, the first aside; whether they hold is for the ledger.
  public static func lines(of file: [UInt8]) throws(ConsentError) -> (first: [UInt8], [[UInt8]]) {
    var lines = try FileLines.split(
      file, maximumBytes: maximumBytes, maximumLines: maximumLines)
    let first = lines.removeFirst()
    guard !lines.isEmpty else { throw .export(.empty) }
    return (first, lines)
  }

  /// The ledger of a file, or what is wrong with it.
  public static func read(_ file: [UInt8]) throws(ConsentError) -> Ledger {
    let (first, lines) = try lines(of: file)
    let ledger = try Ledger(lines)
    guard first == firstLine(of: ledger) else { throw .export(.firstLine) }
    return ledger
  }

  static func firstLine(of ledger: Ledger) -> [UInt8] {
    JSONValue.object([
      JSONMember("v", .integer(1)),
      JSONMember("type", .string("alcove-consent")),
      JSONMember("relationship", Encoded.value(ledger.relationship.bytes)),
      JSONMember("keys", .array(ledger.deviceKeys.map { JSONWebKey($0).listed })),
      JSONMember("certificates", .array(ledger.certificates.map(Encoded.value))),
      JSONMember("head", Encoded.value(ledger.head.bytes)),
      JSONMember("length", .integer(Int64(ledger.length))),
    ]).bytes
  }
}
