// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import RelayProtocol
import Synchronization
import Testing

/// What was acknowledged is there once, whenever the process dies.
@Suite(.serialized) struct KillTests {
  /// What clients were told, and what they do not know.
  private final class Ledger: Sendable {
    struct State {
      var acknowledged: [EnvelopeID: UInt64] = [:]
      /// Sent and not answered: to be sent again, byte for byte.
      var open: [Int: RawRequest] = [:]
      var appends = 0
    }
    let state = Mutex(State())
  }

  @Test func `no acknowledged append is missing or doubled after kills under load`()
    async throws
  {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    let log = folder.appending(path: "log")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    let members = try (0..<4).map { try TestMember(seed: 100 + $0) }
    let ledger = Ledger()
    // More in a long run.
    let kills = ProcessInfo.processInfo.environment["ALCOVE_KILLS"].flatMap(Int.init) ?? 20
    for round in 0..<kills {
      let relay = try RelayProcess(serving: home, log: log)
      if round == 0 {
        for member in members { #expect(try await relay.ask(member.create()).status == 201) }
      }
      let before = ledger.state.withLock { $0.appends }
      await withTaskGroup(of: Void.self) { tasks in
        for client in 0..<16 {
          tasks.addTask { await Self.load(relay, members[client % 4], client, ledger) }
        }
        // Each time at another moment, but never before something was acknowledged.
        while ledger.state.withLock({ $0.appends }) < before + 10 + 7 * (round % 20) {
          try? await Task.sleep(for: .milliseconds(2))
        }
        relay.send(SIGKILL)
      }
      #expect(relay.wait() == SIGKILL)
    }

    let relay = try RelayProcess(serving: home, log: log)
    // What nobody knows is sent once more, and then it is known.
    let open = ledger.state.withLock { $0.open }
    for (client, request) in open {
      let answer = try await relay.ask(request)
      #expect([200, 201].contains(answer.status))
      Self.note(answer, request, client, ledger)
    }
    let acknowledged = ledger.state.withLock { $0.acknowledged }
    var found: [EnvelopeID: UInt64] = [:]
    for member in members {
      var after: UInt64 = 0
      var chain = ChainHash.founding(member.channel)
      while true {
        let frames = try await relay.ask(member.read("?after=\(after)")).body.frames
        for case .envelope(let entry) in frames.map(\.body) {
          after += 1
          #expect(entry.position.value == after)
          #expect(found.updateValue(after, forKey: entry.id) == nil)
          chain = chain.adding(
            EntryHash(id: entry.id, named: entry.named, envelope: entry.envelope),
            at: entry.position)
          #expect(entry.chain == chain)
        }
        if case .caughtUp = frames.last?.body { break }
      }
    }
    #expect(found == acknowledged)
    #expect(acknowledged.count > kills * 10)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    #expect(try RelayProcess.run(["check", "--directory", home.path, "--port", "0"]).status == 0)
  }

  /// Appends until the connection breaks.
  private static func load(
    _ relay: RelayProcess, _ member: TestMember, _ client: Int, _ ledger: Ledger
  ) async {
    try? await RawConnection.open(relay.port) { connection in
      while true {
        let request =
          ledger.state.withLock { $0.open[client] } ?? member.append()
        ledger.state.withLock { $0.open[client] = request }
        let answer = try await connection.ask(request)
        if answer.status == 429 {
          // So many clients share one channel: they are too fast for it.
          try await Task.sleep(for: .milliseconds(50))
          continue
        }
        note(answer, request, client, ledger)
      }
    }
  }

  private static func note(
    _ answer: RawResponse, _ request: RawRequest, _ client: Int, _ ledger: Ledger
  ) {
    guard [200, 201].contains(answer.status),
      let position = answer["alcove-seq"].flatMap({ UInt64($0) }),
      let text = request.fields.first(where: { $0.name == "Alcove-Envelope" })?.value,
      let bytes = Base64URL.decode(text), let id = try? EnvelopeID(bytes: bytes)
    else {
      Issue.record("an honest append was refused: \(answer.status)")
      return
    }
    ledger.state.withLock { state in
      #expect(state.acknowledged.updateValue(position, forKey: id) == nil)
      state.open[client] = nil
      state.appends += 1
    }
  }

  @Test(.enabled(if: Tool.strace.isExpected, "strace is not installed"))
  func `every acknowledged append was flushed before`() async throws {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    let trace = folder.appending(path: "trace")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    let relay = try RelayProcess(
      serving: home, log: folder.appending(path: "log"),
      through: [Tool.strace.rawValue, "-D", "-f", "-o", trace.path, "-e", "trace=fdatasync,fsync"])
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    func flushes() throws -> Int {
      let text = try String(contentsOf: trace, encoding: .utf8)
      return text.split(separator: "\n").count { $0.contains("sync(") }
    }
    // One client at a time: each append is a commit of its own.
    for _ in 0..<10 {
      let before = try flushes()
      #expect(try await relay.ask(member.append()).status == 201)
      #expect(try flushes() > before)
    }
    relay.send(SIGTERM)
    relay.wait()
  }

  @Test(.enabled(if: Tool.canMount, "no disk of its own can be made here"))
  func `on a disk that is really full nothing is acknowledged, and reading goes on`()
    async throws
  {
    try await fill(
      """
      mount -t tmpfs -o size=4m,mode=700 none "$1" && cp -a "$0"/. "$1" && shift && exec "$@"
      """, through: [Tool.unshare.rawValue, "-rm"])
  }

  @Test func `where a file may not grow nothing is acknowledged, and reading goes on`()
    async throws
  {
    try await fill(
      """
      chmod 700 "$1" && cp -a "$0"/. "$1" && shift && ulimit -f 4000 && exec "$@"
      """)
  }

  /// Appends to a relay until there is no room. The shell's `script` has a relay at `$0`, is to serve it at `$1`
  /// with the words behind that, and bounds the room.
  private func fill(_ script: String, through wrapper: [String] = []) async throws {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = folder.appending(path: "made")
    let home = folder.appending(path: "relay")
    let log = folder.appending(path: "log")
    #expect(try RelayProcess.run(["init", "--directory", made.path]).status == 0)
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    // The relay is told to use the disk to its end.
    let relay = try RelayProcess(
      serving: home, log: log,
      through: wrapper + ["/bin/sh", "-c", script, made.path, home.path],
      options: ["--port", "0", "--free-mib", "0", "--append-burst", "100000"])
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    var acknowledged: [[UInt8]] = []
    var refused = 0
    while refused < 5 {
      let request = member.append(size: 65_536)
      let answer = try await relay.ask(request)
      if answer.status == 201 {
        acknowledged.append(request.body)
        try #require(acknowledged.count < 100)
      } else {
        #expect(answer.status == 507 && answer.problem == "store-full")
        refused += 1
      }
    }
    #expect(acknowledged.count > 5)
    // A page may end before the log does.
    var found: [[UInt8]] = []
    for _ in 0..<acknowledged.count where found.count < acknowledged.count {
      let page = try await relay.ask(member.read("?after=\(found.count)")).body.frames
      found += page.compactMap {
        if case .envelope(let entry) = $0.body { entry.envelope } else { nil }
      }
    }
    // Told so briefly, since they are long.
    #expect(found.count == acknowledged.count)
    let isSame = found == acknowledged
    #expect(isSame)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
  }

  @Test(.enabled(if: Tool.strace.isExpected, "strace is not installed"))
  func `a write beyond a quota finds no room, and the relay goes on`() async throws {
    // From the thirtieth write of a thread on, and fifty of them.
    let failing = try await FailingRelay("error=EDQUOT:when=30..80", into: "pwrite64")
    defer { failing.remove() }
    let (relay, member) = (failing.relay, failing.member)
    var (acknowledged, refused) = (0, 0)
    while refused == 0 || acknowledged < 20, refused < 200 {
      let answer = try await relay.ask(member.append())
      if answer.status == 201 {
        acknowledged += 1
        continue
      }
      if answer.status == 429 {
        try await Task.sleep(for: .milliseconds(50))
        continue
      }
      #expect(answer.status == 507 && answer.problem == "store-full")
      refused += 1
    }
    #expect(refused > 0 && acknowledged >= 20)
    let frames = try await relay.ask(member.read()).body.frames
    #expect(frames.count == acknowledged + 1)
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    let checked = try RelayProcess.run(
      ["check", "--directory", failing.home.path, "--port", "0"])
    #expect(checked.status == 0)
  }

  @Test(
    .enabled(if: Tool.strace.isExpected, "strace is not installed"), arguments: ["EIO", "EDQUOT"])
  func `after a failed flush nothing is acknowledged, and the relay ends with 74`(
    error: String
  ) async throws {
    // From the writer's sixth flush on, the disk fails.
    let failing = try await FailingRelay("error=\(error):when=6+", into: "fdatasync,fsync")
    defer { failing.remove() }
    let (relay, member) = (failing.relay, failing.member)
    var acknowledged = 0
    var failed: RawRequest?
    for _ in 0..<20 {
      let request = member.append()
      let answer = try await relay.ask(request)
      guard answer.status == 201 else {
        // Whoever waited hears that nothing is known.
        #expect(answer.status == 503)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("outcome-unknown"))
        failed = request
        break
      }
      acknowledged += 1
    }
    #expect(acknowledged < 20)
    let unknown = try #require(failed)
    #expect(relay.wait() == 74)
    #expect(relay.logged.contains("store-failed class=io"))

    // What was acknowledged is there; what was not may be, and repeating it tells.
    let again = try failing.again()
    #expect([200, 201].contains(try await again.ask(unknown).status))
    let frames = try await again.ask(member.read()).body.frames
    #expect(frames.count == acknowledged + 2)
    again.send(SIGTERM)
    #expect(again.wait() == 0)
  }
}
