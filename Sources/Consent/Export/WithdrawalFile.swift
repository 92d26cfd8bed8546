// SPDX-License-Identifier: Apache-2.0

/// A withdrawal handed over as a file, when no channel works.
///
/// ```
/// {"v":1,"type":"alcove-withdrawal","relationship":…,"line":SHA-256 of the line} LF
/// the line LF
/// ```
///
/// It needs no secrecy of its own beyond that of any letter: it names neither person, and only a ledger
/// that knows the signing device takes it. Any member's commit may carry it.
public enum WithdrawalFile {
  public static func write(_ line: UnverifiedLine) throws(ConsentError) -> [UInt8] {
    guard line.kind == .withdraw else { throw .export(.notAWithdrawal) }
    return firstLine(of: line) + [0x0a] + line.bytes + [0x0a]
  }

  public static func read(_ file: [UInt8]) throws(ConsentError) -> UnverifiedLine {
    let lines = try FileLines.split(
      file, maximumBytes: UnverifiedLine.maximumBytes + 512, maximumLines: 2)
    guard lines.count == 2 else { throw .export(.empty) }
    let line = try UnverifiedLine(lines[1])
    guard line.kind == .withdraw else { throw .export(.notAWithdrawal) }
    guard lines[0] == firstLine(of: line) else { throw .export(.firstLine) }
    return line
  }

  private static func firstLine(of line: UnverifiedLine) -> [UInt8] {
    JSONValue.object([
      JSONMember("v", .integer(1)),
      JSONMember("type", .string("alcove-withdrawal")),
      JSONMember("relationship", Encoded.value(line.relationship.bytes)),
      JSONMember("line", Encoded.value(line.hash.bytes)),
    ]).bytes
  }
}
