// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Consent

@Suite struct ConsentExportTests {
  let story = Story()
  let now = Story.start.adding(days: 1)

  @Test func `an export is a first line and the lines as signed, each ended by a line feed`() throws
  {
    let ledger = try story.whole()
    let file = ConsentExport.jws(ledger)
    let lines = file.split(separator: 0x0a, omittingEmptySubsequences: false)
    #expect(lines.last?.isEmpty == true)
    #expect(lines.dropFirst().dropLast().map(Array.init) == ledger.lines.map(\.bytes))
    let first = String(decoding: lines[0], as: UTF8.self)
    #expect(
      first.hasPrefix(
        "{\"v\":1,\"type\":\"alcove-consent\",\"relationship\":\"\(story.relationship.text)\","
          + "\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""))
    #expect(first.hasSuffix("\"head\":\"\(ledger.head.text)\",\"length\":\(ledger.length)}"))
    #expect(try ConsentExport.read(file).head == ledger.head)
    #expect(ConsentAudit(export: file, now: now).isClean)
  }

  @Test func `every flipped bit of every byte of an export is found`() throws {
    let ledger = try story.inForce()
    let file = ConsentExport.jws(ledger)
    #expect(ConsentAudit(export: file, now: now).isClean)
    for index in file.indices {
      // One bit of each byte, another one at each place; and the one that turns the case of letters.
      for bit in Set([UInt8(1) << UInt8(index % 8), 0x20]) {
        var forged = file
        forged[index] ^= bit
        #expect(
          !ConsentAudit(export: forged, now: now).isClean, "byte \(index) of \(file.count)")
      }
    }
  }

  @Test func `what is cut, added, dropped, doubled or put in another order is found`() throws {
    let ledger = try story.whole()
    let file = ConsentExport.jws(ledger)
    let lines = file.dropLast().split(separator: 0x0a).map(Array.init)
    func join(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [0x0a] } }
    #expect(join(lines) == file)
    for count in stride(from: 0, to: file.count, by: 97) {
      #expect(!ConsentAudit(export: Array(file[..<count]), now: now).isClean)
    }
    #expect(!ConsentAudit(export: Array(file.dropLast()), now: now).isClean)
    #expect(!ConsentAudit(export: file + [0x0a], now: now).isClean)
    #expect(!ConsentAudit(export: file + file, now: now).isClean)
    #expect(!ConsentAudit(export: [0x0a] + file, now: now).isClean)
    #expect(!ConsentAudit(export: [], now: now).isClean)
    let crlf: [UInt8] = Array(lines.map { $0 + [0x0d, 0x0a] }.joined())
    #expect(!ConsentAudit(export: crlf, now: now).isClean)
    for index in lines.indices {
      var dropped = lines
      dropped.remove(at: index)
      #expect(!ConsentAudit(export: join(dropped), now: now).isClean, "without \(index)")
      var doubled = lines
      doubled.insert(lines[index], at: index)
      #expect(!ConsentAudit(export: join(doubled), now: now).isClean, "twice \(index)")
      if index > 0 {
        var swapped = lines
        swapped.swapAt(index, index - 1)
        #expect(!ConsentAudit(export: join(swapped), now: now).isClean, "swapped \(index)")
      }
    }
  }

  @Test
  func `a file of more lines than a ledger can hold is one finding, and nothing is made of them`() {
    let line: [UInt8] = [0x61, 0x0a]
    func audit(_ lines: Int) -> ConsentAudit {
      ConsentAudit(export: Array(repeatElement(line, count: lines).joined()), now: now)
    }
    let refused = audit(ConsentExport.maximumLines + 1)
    #expect(refused.findings == [AuditFinding(.ledger, .refused(.export(.tooLarge)))])
    #expect(refused.lines.isEmpty)
    #expect(audit(ConsentExport.maximumLines).lines.count == ConsentExport.maximumLines - 1)
    #expect(throws: ConsentError.export(.tooLarge)) { try WithdrawalFile.read(line + line + line) }
  }

  @Test func `a shorter ledger under the first line of a longer one is found`() throws {
    let ledger = try story.whole()
    let short = try Ledger(ledger.lines.dropLast().map(\.bytes))
    let file =
      ConsentExport.firstLine(of: ledger) + [0x0a]
      + short.lines.flatMap { $0.bytes + [0x0a] }
    #expect(throws: ConsentError.export(.firstLine)) { try ConsentExport.read(file) }
    let audit = ConsentAudit(export: file, now: now)
    #expect(audit.findings == [AuditFinding(.ledger, .refused(.export(.firstLine)))])
    // On its own it is whole: an export does not prove that nothing newer exists.
    #expect(ConsentAudit(export: ConsentExport.jws(short), now: now).isClean)
  }

  @Test func `a withdrawal is handed over as a file and taken by the ledger`() throws {
    let ledger = try story.inForce()
    let line = try story.phone.line(.withdraw(.everything), upon: ledger, clock: now)
    let file = try WithdrawalFile.write(line)
    let read = try WithdrawalFile.read(file)
    #expect(read == line)
    #expect(try ledger.appending(read).state.phase(at: now) == .ended)
    for index in file.indices {
      var forged = file
      forged[index] ^= 1
      let taken = (try? WithdrawalFile.read(forged)).map { try? ledger.appending($0) } ?? nil
      #expect(taken == nil, "byte \(index)")
    }
    for count in file.indices {
      #expect(throws: ConsentError.self) { try WithdrawalFile.read(Array(file[..<count])) }
    }
    #expect(throws: ConsentError.self) { try WithdrawalFile.read(file + [0x0a]) }
    #expect(throws: ConsentError.self) { try WithdrawalFile.read(ConsentExport.jws(ledger)) }
  }

  @Test func `nothing but a withdrawal is handed over`() throws {
    let ledger = try story.inForce()
    let end = try story.phone.line(.end, upon: ledger, clock: now)
    #expect(throws: ConsentError.export(.notAWithdrawal)) { try WithdrawalFile.write(end) }
    let withdrawal = try WithdrawalFile.write(
      try story.phone.line(.withdraw(.everything), upon: ledger, clock: now))
    let first = Array(withdrawal.prefix { $0 != 0x0a })
    #expect(throws: ConsentError.export(.notAWithdrawal)) {
      try WithdrawalFile.read(first + [0x0a] + end.bytes + [0x0a])
    }
  }
}
