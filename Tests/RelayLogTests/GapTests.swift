// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// What a reader is told where bodies are missing, and what nobody is told.
@Suite struct GapTests {
  /// A channel of `count` messages and a turn, about which `sql` has been done since.
  private func store(
    _ place: TemporaryStore, messages count: Int, then sql: String
  ) async throws -> (store: SQLiteRelayStore, member: Member, log: [Append]) {
    let (store, founder) = try await place.channel()
    var member = founder
    var log = (0..<count).map { _ in member.message() }
    let (turn, next) = member.turn()
    log.append(turn)
    for append in log { _ = try await store.append(append) }
    member.advance(next)
    store.stop()
    let queue = try SQLiteRelayStore.open(place.path)
    try await queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
    return (try place.open(.existing), member, log)
  }

  private static let expire = """
    UPDATE entry SET pos = NULL WHERE seq <= 300; DELETE FROM body WHERE seq <= 300
    """

  @Test(arguments: [0, 1, 32 * 100, 32 * 300, 32 * 300 + 16_384])
  func `entries without bodies count too, and a reader comes to the end of them`(
    _ maximum: Int
  ) async throws {
    let place = try TemporaryStore()
    let (store, member, log) = try await store(place, messages: 300, then: Self.expire)
    defer { store.stop() }
    var chain = ChainHash.founding(member.channel)
    var after: UInt64 = 0
    var pages = 0
    while after < 301 {
      pages += 1
      let frames = try await store.read(member, after: after, maximumBytes: maximum)
      let before = after
      var bytes = 0
      for frame in frames {
        switch frame.body {
        case .gap(let first, let entries):
          #expect(first.value == after + 1)
          for entry in entries {
            after += 1
            chain = chain.adding(entry, at: Position(after))
            bytes += EntryHash.length
          }
        case .envelope(let entry):
          after += 1
          #expect(entry.position.value == after && entry.envelope == log[300].envelope)
          #expect(
            entry.chain
              == chain.adding(
                EntryHash(id: entry.id, named: entry.named, envelope: entry.envelope),
                at: entry.position))
          bytes += entry.envelope.count
        case .head(let last): #expect(last.value == 301 && after < 301)
        case .caughtUp: #expect(after == 301)
        default: Issue.record("\(frame)")
        }
      }
      // One comes however small the limit is.
      #expect(after == before + 1 || bytes <= maximum)
    }
    #expect(pages == (maximum < 64 ? 301 : maximum == 3_200 ? 4 : maximum == 9_600 ? 2 : 1))
  }

  @Test(arguments: [
    "DELETE FROM body WHERE seq = 2",
    "UPDATE body SET data = zeroblob(1024) WHERE seq = 2",
    "UPDATE body SET seq = 9 WHERE seq = 2",
    // A turn stays as long as its channel does.
    "UPDATE entry SET pos = NULL WHERE seq = 4",
  ])
  func `what is lost is not told as what went with its days`(_ damage: String) async throws {
    let place = try TemporaryStore()
    let (store, member, _) = try await store(place, messages: 3, then: damage)
    defer { store.stop() }
    await #expect(throws: RelayError.refused(.damaged)) { try await store.read(member) }
    #expect(try !SQLiteRelayStore.findings(path: place.path).isEmpty)
  }

  @Test func `who asks after an append sees it, however many ask for the same`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    await withTaskGroup { group in
      for number in 0..<16 {
        group.addTask {
          for _ in 0..<40 {
            do {
              let append = Append(
                channel: member.channel, token: member.token,
                id: EnvelopeID(random: member.random), envelope: [UInt8](repeating: 7, count: 1_024)
              )
              let at = try await store.append(append).at.position.value
              // All ask from the same place, so that most of them share a read.
              let last = try await store.read(member).entries.last?.position.value ?? 0
              #expect(last >= at)
            } catch {
              Issue.record("\(number): \(error)")
            }
          }
        }
      }
    }
    #expect(try await store.read(member).entries.count == 640)
  }
}
