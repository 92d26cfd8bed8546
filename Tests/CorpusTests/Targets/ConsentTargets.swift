// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

@testable import Consent

extension FuzzTarget {
  /// Any JSON: what is read is written in one form, which reads as the same.
  static let consentJSON = FuzzTarget(
    name: "consent-json",
    run: { input in
      guard let value = try? JSONReader.read(Array(input)) else { return }
      let written = value.bytes
      let again = try JSONReader.read(written)
      try require(again == value && again.bytes == written, .encodesDifferently)
    },
    seeds: {
      try ConsentPeople.shared.ledgers.map { $0.lines[$0.lines.count - 1].line.payload.bytes }
        + [#"{"a":[1,-2,true,false,null,"\u00e9\ud83d\ude00\n"]}"#, "[[[[]]]]"]
        .map { Array($0.utf8) }
    })

  /// A consent line: the whole of it (0), or its payload alone, well signed by the therapist (1) or
  /// the client (2), upon one of the ledgers that the second byte names.
  static let consentLine = FuzzTarget(
    name: "consent-line",
    run: { input in
      var script = EditScript(input.prefix(2))
      let people = try ConsentPeople.shared
      let mode = script.pick(3)
      let rest = Array(input.dropFirst(2))
      var ledger = people.ledgers[script.pick(people.ledgers.count)]
      let bytes: [UInt8]
      switch mode {
      case 0: bytes = rest
      case 1: bytes = people.therapist.line(rest)
      default: bytes = people.client.line(rest)
      }
      guard let line = try? UnverifiedLine(bytes) else { return }
      let payload = line.payload.bytes
      try require(try LinePayload(payload).bytes == payload, .encodesDifferently)
      _ = try? Ledger(founding: line)
      let before = ledger.lines.count
      guard (try? ledger.append(line)) != nil else {
        try require(ledger.lines.count == before, .changedByRefusal)
        return
      }
      try require(ledger.last.bytes == bytes, .encodesDifferently)
      try require((try? ledger.append(line)) == nil, .replayTaken)
      let file = ConsentExport.jws(ledger)
      try require(try ConsentExport.read(file).head == ledger.head, .encodesDifferently)
    },
    seeds: {
      let people = try ConsentPeople.shared
      return people.ledgers.enumerated().flatMap { index, ledger -> [[UInt8]] in
        let line = ledger.last.line
        let upon = UInt8(max(0, index - 1))
        let mode: UInt8 = ledger.last.author.role == .therapist ? 1 : 2
        return [[0, upon] + line.bytes, [mode, upon] + line.payload.bytes]
      }
    })

  /// The files of an export (0) and of a withdrawal (1), and an export whose lines are left out,
  /// doubled and exchanged, with a first line that says so (2).
  static let consentExport = FuzzTarget(
    name: "consent-export",
    run: { input in
      let file = Array(input.dropFirst())
      switch input.first {
      case 0:
        guard let ledger = try? ConsentExport.read(file) else { return }
        try require(ConsentExport.jws(ledger) == file, .encodesDifferently)
      case 1:
        guard let line = try? WithdrawalFile.read(file) else { return }
        try require(try WithdrawalFile.write(line) == file, .encodesDifferently)
      default:
        var script = EditScript(input.dropFirst())
        guard let whole = try ConsentPeople.shared.ledgers.last else { return }
        var lines = whole.lines.map(\.bytes)
        while !script.isAtEnd, !lines.isEmpty {
          let place = script.pick(lines.count)
          switch script.pick(4) {
          case 0: lines.remove(at: place)
          case 1: lines.insert(lines[place], at: script.pick(lines.count))
          case 2: lines.swapAt(place, script.pick(lines.count))
          default: script.edit(&lines[place])
          }
        }
        let ledger = try? Ledger(lines)
        let forged = ConsentExport.jws(ledger ?? whole, lines: lines)
        let read = try? ConsentExport.read(forged)
        // An edit may cut a line in two, or leave nothing of it.
        if lines.contains(where: { $0.isEmpty || $0.contains(0x0a) }) { return }
        try require((read == nil) == (ledger == nil), .disagreement)
        // What was signed is a chain, of which only a beginning stands. A withdrawal alone is valid
        // wherever it lands.
        if let ledger {
          let landed = ledger.lines.reversed().drop { $0.kind == .withdraw }.reversed()
          try require(
            whole.lines.map(\.bytes).starts(with: landed.map(\.bytes)), .forgeryTaken)
        }
      }
    },
    seeds: {
      let people = try ConsentPeople.shared
      let withdrawal = people.ledgers.flatMap(\.lines).first { $0.line.kind == .withdraw }
      return people.ledgers.suffix(3).map { [0] + ConsentExport.jws($0) }
        + [
          try [1] + (withdrawal.map { try WithdrawalFile.write($0.line) } ?? []),
          [2], [2, 8, 0], [2, 3, 1, 3], [2, 6, 2, 7], [2, 4, 3, 0, 0, 0, 9, 1],
        ]
    })
}
