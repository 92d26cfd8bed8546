// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import RelayProtocol
import Testing

@testable import Relay

/// The routes of blobs, cell by cell.
@Suite struct BlobRouteTests {
  private static func part(_ byte: UInt8) -> [UInt8] {
    [UInt8](repeating: byte, count: PartIndex.partLength)
  }

  @Test func `a blob is made, filled, sealed, read in ranges and deleted`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      let parts = [Self.part(1), Self.part(2)]
      #expect(try await relay.ask(member.create()).status == 201)
      for request in [
        member.part(blob, "0", parts[0]), member.seal(blob, parts), member.readBlob(blob),
        member.deleteBlob(blob),
      ] {
        let answer = try await relay.ask(request)
        #expect(answer.status == 404 && answer.problem == "no-such-blob")
      }
      #expect(try await relay.ask(member.stateOfBlob(blob)).status == 404)

      let made = try await relay.ask(member.makeBlob(blob))
      #expect(made.status == 201 && made["alcove-parts"] == "AA")
      let unsealed = try await relay.ask(member.readBlob(blob))
      #expect(unsealed.status == 409 && unsealed.problem == "unsealed")
      #expect(try await relay.ask(member.part(blob, "1", parts[1])).status == 204)
      #expect(try await relay.ask(member.part(blob, "1", parts[1])).status == 204)
      let again = try await relay.ask(member.makeBlob(blob))
      #expect(again.status == 200 && again["alcove-parts"] == "Ag" && again["alcove-seal"] == nil)
      let conflict = try await relay.ask(member.part(blob, "1", parts[0]))
      #expect(conflict.status == 409 && conflict.problem == "part-conflict")
      let missing = try await relay.ask(member.seal(blob, parts))
      #expect(missing.status == 409 && missing.problem == "parts-missing")
      #expect(try await relay.ask(member.part(blob, "0", parts[0])).status == 204)
      let mismatch = try await relay.ask(member.seal(blob, parts.reversed()))
      #expect(mismatch.status == 409 && mismatch.problem == "hash-mismatch")
      #expect(try await relay.ask(member.seal(blob, parts)).status == 204)
      #expect(try await relay.ask(member.seal(blob, parts)).status == 204)
      for request in [member.seal(blob, [parts[0]]), member.part(blob, "2", parts[0])] {
        let sealed = try await relay.ask(request)
        #expect(sealed.status == 409 && sealed.problem == "sealed")
      }

      let state = try await relay.ask(member.stateOfBlob(blob))
      #expect(state.status == 200 && state["content-length"] == "2097152")
      #expect(state["alcove-seal"]?.hasPrefix("2.") == true && state["accept-ranges"] == "bytes")
      let whole = try await relay.ask(member.readBlob(blob))
      #expect(whole.status == 200 && whole.body == parts[0] + parts[1])
      #expect(whole["content-type"] == "application/octet-stream")
      let range = try await relay.ask(member.readBlob(blob, "bytes=1048570-1048585"))
      #expect(range.status == 206)
      #expect(range["content-range"] == "bytes 1048570-1048585/2097152")
      #expect(range.body == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2])
      #expect(try await relay.ask(member.readBlob(blob, "lines=1-2")).status == 200)
      let conditional = member.readBlob(blob, "bytes=1-2").with("If-Range", "\"x\"")
      #expect(try await relay.ask(conditional).status == 200)
      let beyond = try await relay.ask(member.readBlob(blob, "bytes=2097152-"))
      #expect(beyond.status == 416 && beyond.problem == "beyond-end")
      let several = try await relay.ask(member.readBlob(blob, "bytes=0-1,3-4"))
      #expect(several.status == 400 && several.problem == "malformed")

      #expect(try await relay.ask(member.deleteBlob(blob)).status == 204)
      #expect(try await relay.ask(member.deleteBlob(blob)).status == 204)
      for request in [
        member.makeBlob(blob), member.part(blob, "0", parts[0]), member.seal(blob, parts),
        member.readBlob(blob),
      ] {
        let gone = try await relay.ask(request)
        #expect(gone.status == 410 && gone.problem == "trimmed")
      }
      #expect(try await relay.ask(member.stateOfBlob(blob)).status == 410)
    }
  }

  @Test func `a part has its length, and a malformed request tells nothing`() async throws {
    try await LiveRelay.run { relay in
      let (member, blob) = try await relay.memberWithBlob()
      for size in [0, 1, 1_024, (1 << 20) - 1, (1 << 20) + 1] {
        let answer = try await relay.ask(
          member.part(blob, "0", [UInt8](repeating: 1, count: size)))
        #expect(answer.status == 413 && answer.problem == "size-class")
      }
      var unsized = member.part(blob, "0", [])
      unsized.hasLength = false
      let missing = try await relay.ask(unsized)
      #expect(missing.status == 411 && missing.problem == "length-required")
      for index in ["", "-1", "8192", "01", "x", "0&index=1", "0&other=1"] {
        let answer = try await relay.ask(member.part(blob, index, Self.part(1)))
        #expect(answer.status == 400 && answer.problem == "malformed")
      }
      let good = TestMember.text([UInt8](repeating: 0x41, count: 32))
      for value in ["", "1", "1.", "0.\(good)", "8193.\(good)", "1.\(good).\(good)", "01.\(good)"] {
        let request = member.seal(blob, [Self.part(1)]).with("Alcove-Seal", value)
        #expect(try await relay.ask(request).status == 400)
      }
      for value in [nil, "", "CANARY", String(good.dropLast())] {
        for request in [
          member.makeBlob(blob), member.readBlob(blob), member.deleteBlob(blob),
          member.seal(blob, [Self.part(1)]),
        ] {
          let answer = try await relay.ask(request.with("Alcove-Blob", value))
          #expect(answer.status == 400 && !answer.text.contains("CANARY"))
        }
      }
      // A body where there is none.
      var full = member.makeBlob(blob)
      full.body = [1]
      #expect(try await relay.ask(full).status == 400)
      #expect(try await relay.ask(member.makeBlob(blob))["alcove-parts"] == "AA")
    }
  }

  @Test func `a wrong token and no channel get the very same answer about a blob`() async throws {
    try await LiveRelay.run { relay in
      let (member, blob) = try await relay.memberWithBlob()
      let absent = try TestMember(seed: 2)
      let wrong = TestMember(absent, in: member.channel)
      func requests(_ member: TestMember) -> [RawRequest] {
        [
          member.makeBlob(blob), member.part(blob, "0", Self.part(1)),
          member.seal(blob, [Self.part(1)]), member.stateOfBlob(blob), member.readBlob(blob),
          member.deleteBlob(blob),
        ]
      }
      for (a, b) in zip(requests(absent), requests(wrong)) {
        let first = try await relay.ask(a)
        let second = try await relay.ask(b)
        #expect(first.status == 404 && second.status == 404 && first.body == second.body)
        #expect(first.problem == (a.method == "HEAD" ? nil : "no-such-channel"))
        #expect(
          first.fields.filter { $0.key != "date" } == second.fields.filter { $0.key != "date" })
      }
    }
  }

  @Test func `a retired token writes nothing, and reads what was sealed before its turn`()
    async throws
  {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      let (blob, later) = (BlobID(random: member.random), BlobID(random: member.random))
      #expect(try await relay.ask(member.create()).status == 201)
      #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
      #expect(try await relay.ask(member.part(blob, "0", Self.part(1))).status == 204)
      #expect(try await relay.ask(member.seal(blob, [Self.part(1)])).status == 204)
      let (turn, next) = member.turning()
      #expect(try await relay.ask(turn).status == 201)
      #expect(try await relay.ask(next.makeBlob(later)).status == 201)
      for request in [
        member.makeBlob(later), member.part(later, "0", Self.part(1)),
        member.seal(later, [Self.part(1)]), member.deleteBlob(blob),
      ] {
        let answer = try await relay.ask(request)
        #expect(answer.status == 409 && answer.problem == "token-retired")
        #expect(answer["alcove-seq"] == "1")
      }
      #expect(try await relay.ask(member.readBlob(later)).problem == "no-such-blob")
      #expect(try await relay.ask(member.readBlob(blob)).body == Self.part(1))
      #expect(try await relay.ask(next.readBlob(blob, "bytes=-2")).body == [1, 1])
    }
  }

  @Test func `parts beyond the bound have to wait, and the room comes back`() async throws {
    var limits = RelayLimits()
    limits.partsPerPeer = 1
    limits.patience = .seconds(3_600)
    try await LiveRelay.run(limits) { relay in
      let (member, blob) = try await relay.memberWithBlob()
      let part = member.part(blob, "0", Self.part(1))
      try await RawConnection.open(relay.port) { slow in
        try await slow.send(Array(part.bytes.prefix(part.bytes.count / 2)))
        // The slow one has to come first, or it is what finds no room.
        try await Task.sleep(for: .milliseconds(300))
        var answer = try await relay.ask(member.part(blob, "1", Self.part(2)))
        for _ in 0..<50 where answer.status == 204 {
          answer = try await relay.ask(member.part(blob, "1", Self.part(2)))
        }
        #expect(answer.status == 503 && answer.problem == "overloaded")
        #expect(answer["retry-after"] == "1")
        // Another channel does not feel it.
        let other = try TestMember(seed: 9)
        #expect(try await relay.ask(other.create()).status == 201)
        #expect(try await relay.ask(other.makeBlob(blob)).status == 201)
        #expect(try await relay.ask(other.part(blob, "0", Self.part(1))).status == 204)
        try await slow.send(Array(part.bytes.suffix(part.bytes.count - part.bytes.count / 2)))
        #expect(try await slow.response().status == 204)
      }
      #expect(try await relay.ask(member.part(blob, "1", Self.part(2))).status == 204)
      #expect(try await relay.ask(member.makeBlob(blob))["alcove-parts"] == "Aw")
    }
  }

  @Test func `who does not read a blob is cut off, and holds up nobody but their own channel`()
    async throws
  {
    var limits = RelayLimits()
    limits.blobReadsPerPeer = 1
    limits.patience = .seconds(3_600)
    limits.writeSeconds = 4
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      let blob = BlobID(random: member.random)
      let parts = (0..<16).map { Self.part($0) }
      #expect(try await relay.ask(member.create()).status == 201)
      #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
      for (index, part) in parts.enumerated() {
        #expect(try await relay.ask(member.part(blob, "\(index)", part)).status == 204)
      }
      #expect(try await relay.ask(member.seal(blob, parts)).status == 204)
      try await RawConnection.open(relay.port) { silent in
        try await silent.send(member.readBlob(blob).bytes)
        #expect(try await silent.head().status == 200)
        // More lies between the two than fits into their buffers, and nobody takes it.
        let refused = try await relay.ask(member.readBlob(blob, "bytes=0-0"))
        #expect(refused.status == 503 && refused.problem == "overloaded")
        #expect(try await relay.ask(member.append()).status == 201)
        #expect(try await relay.ask(member.read()).status == 200)
        var answer = refused
        for _ in 0..<600 where answer.status == 503 {
          try await Task.sleep(for: .milliseconds(50))
          answer = try await relay.ask(member.readBlob(blob, "bytes=0-0"))
        }
        #expect(answer.status == 206)
      }
    }
  }

  @Test(arguments: [Duration.zero, .seconds(3_600)])
  func `parts and readers that do not move give way to other channels, after a while`(
    _ patience: Duration
  ) async throws {
    var limits = RelayLimits()
    limits.partsInFlight = 1
    limits.blobReads = 1
    limits.patience = patience
    try await LiveRelay.run(limits) { relay in
      let (member, other) = (try TestMember(seed: 1), try TestMember(seed: 9))
      let (blob, more) = (BlobID(random: member.random), BlobID(random: member.random))
      for (member, parts) in [(member, (0..<16).map { Self.part($0) }), (other, [Self.part(1)])] {
        #expect(try await relay.ask(member.create()).status == 201)
        for blob in [blob, more] {
          #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
        }
        for (index, part) in parts.enumerated() {
          var answer = try await relay.ask(member.part(blob, "\(index)", part))
          // The share of the one before may not have been given back yet.
          for _ in 0..<400 where answer.status == 503 {
            try await Task.sleep(for: .milliseconds(20))
            answer = try await relay.ask(member.part(blob, "\(index)", part))
          }
          #expect(answer.status == 204)
        }
        #expect(try await relay.ask(member.seal(blob, parts)).status == 204)
      }
      let gives = patience == .zero
      /// Asks until the bound has been met, and where somebody gives way until there is an answer.
      func meet(_ limit: Limit, _ request: RawRequest, _ status: Int) async throws {
        func count() -> UInt64? {
          relay.metrics.limited.all.first { $0.value == limit.rawValue }?.count
        }
        let before = count()
        var answer = try await relay.ask(request)
        for _ in 0..<400 where count() == before || gives && answer.status == 503 {
          try await Task.sleep(for: .milliseconds(20))
          answer = try await relay.ask(request)
        }
        #expect(count() != before)
        #expect(answer.status == (gives ? status : 503))
      }
      try await RawConnection.open(relay.port) { silent in
        try await silent.send(member.readBlob(blob).bytes)
        #expect(try await silent.head().status == 200)
        try await meet(.blobReads, other.readBlob(blob, "bytes=0-0"), 206)
        if gives { _ = await silent.readToEnd() }
      }
      let part = member.part(more, "0", Self.part(1))
      try await RawConnection.open(relay.port) { slow in
        try await slow.send(Array(part.bytes.prefix(part.bytes.count / 2)))
        // Whoever comes first has the room: let it be this one.
        try await Task.sleep(for: .milliseconds(300))
        try await meet(.partsInFlight, other.part(more, "0", Self.part(2)), 204)
        if gives { _ = await slow.readToEnd() }
      }
    }
  }

  @Test func `part bodies that trickle are cut off, and have a second for each 16 KiB`()
    async throws
  {
    var limits = RelayLimits()
    // One second for what announces 1 MiB.
    limits.bodySeconds = -63
    limits.idleSeconds = 3_600
    try await LiveRelay.run(limits) { relay in
      let (member, blob) = try await relay.memberWithBlob()
      let part = member.part(blob, "0", Self.part(1))
      try await RawConnection.open(relay.port) { slow in
        try await slow.send(Array(part.bytes.prefix(part.bytes.count / 2)))
        _ = await slow.readToEnd()
      }
      #expect(LimitTests.count("body-time", relay) == 1)
      #expect(try await relay.ask(member.makeBlob(blob))["alcove-parts"] == "AA")
    }
    limits.bodySeconds = 0
    try await LiveRelay.run(limits) { relay in
      let (member, blob) = try await relay.memberWithBlob()
      let part = member.part(blob, "0", Self.part(1))
      try await RawConnection.open(relay.port) { slow in
        let half = part.bytes.count / 2
        try await slow.send(Array(part.bytes.prefix(half)))
        try await Task.sleep(for: .milliseconds(300))
        try await slow.send(Array(part.bytes.dropFirst(half)))
        #expect(try await slow.response().status == 204)
      }
    }
  }

  struct RangeCase: Sendable {
    var text: String?
    var range: Range<UInt64>?
    var problem: RelayProblem?
  }

  @Test(arguments: [
    RangeCase(text: nil, range: 0..<1_000), RangeCase(text: "", range: 0..<1_000),
    RangeCase(text: "items=5-", range: 0..<1_000), RangeCase(text: "bytes=0-", range: 0..<1_000),
    RangeCase(text: "Bytes=0-0", range: 0..<1), RangeCase(text: "bytes=999-", range: 999..<1_000),
    RangeCase(text: "bytes=10-5000", range: 10..<1_000),
    RangeCase(text: "bytes=10-99999999999999999999999", range: 10..<1_000),
    RangeCase(text: "bytes=-1", range: 999..<1_000),
    RangeCase(text: "bytes=-5000", range: 0..<1_000),
    RangeCase(text: "bytes=-0", problem: .beyondEnd),
    RangeCase(text: "bytes=1000-", problem: .beyondEnd),
    RangeCase(text: "bytes=99999999999999999999999-", problem: .beyondEnd),
    RangeCase(text: "bytes=5-4", problem: .malformed),
    RangeCase(text: "bytes=", problem: .malformed), RangeCase(text: "bytes=-", problem: .malformed),
    RangeCase(text: "bytes=5", problem: .malformed),
    RangeCase(text: "bytes=0-1,2-3", problem: .malformed),
    RangeCase(text: "bytes=+1-2", problem: .malformed),
    RangeCase(text: "bytes=1-2-3", problem: .malformed),
    RangeCase(text: "bytes= 1-2", problem: .malformed),
  ])
  func `a range is one stretch, ignored or refused: RFC 9110 §14.2`(_ row: RangeCase) {
    let found = Result { () throws(RelayError) in try ByteRange(row.text).within(1_000) }
    switch found {
    case .success(let range): #expect(range == row.range)
    case .failure(let error): #expect(error == row.problem.map { .refused($0) })
    }
  }
}
