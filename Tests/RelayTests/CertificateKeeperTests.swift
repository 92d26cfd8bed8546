// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Relay
import Synchronization
import Testing

@testable import alcove_relay

/// What a serving relay makes of its certificate's files, look by look.
@Suite struct CertificateKeeperTests: OperatorSuite {
  private static let day: Int64 = 86_400
  let folder: URL
  private let now = Int64(Date().timeIntervalSince1970)

  init() throws { folder = try RelayProcess.temporaryFolder() }

  /// Takes note of what is logged, and does something about it.
  private struct Recorder: LogHandler {
    let log: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ log: @escaping @Sendable (String) -> Void) { self.log = log }

    func log(event: LogEvent) { log(event.message.description) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
  }

  private final class Records: Sendable {
    private let records = Mutex<[String]>([])

    func add(_ record: String) { records.withLock { $0.append(record) } }

    /// What has come since it was last asked for.
    func take() -> [String] {
      records.withLock { records in
        defer { records = [] }
        return records
      }
    }
  }

  /// Watches while `body` runs, which says when to look; each look is over when its call returns.
  private func watch(
    _ files: TLSFiles, _ shown: ServerCertificate, clock: @escaping @Sendable () -> Int64,
    log: @escaping @Sendable (String) -> Void,
    _ body: (_ look: () async -> Void) async throws -> Void
  ) async throws {
    let (rests, rest) = AsyncStream.makeStream(of: Void.self)
    let (looks, look) = AsyncStream.makeStream(of: Void.self)
    let keeper = CertificateKeeper(
      files: files, shown: shown, logger: Logger(label: "keeper") { _ in Recorder(log) },
      clock: clock,
      pause: {
        rest.yield()
        var iterator = looks.makeAsyncIterator()
        guard await iterator.next() != nil else { throw CancellationError() }
      })
    let watching = Task { await keeper.watch() }
    var iterator = rests.makeAsyncIterator()
    _ = await iterator.next()
    defer { look.finish() }
    try await body {
      look.yield()
      var iterator = rests.makeAsyncIterator()
      _ = await iterator.next()
    }
    look.finish()
    await watching.value
  }

  private var given: (chain: URL, key: URL) {
    (folder.appending(path: "chain.pem"), folder.appending(path: "chain.key"))
  }

  private func configured(_ flags: [Setting: String] = [:]) throws -> TLSFiles {
    let home = RelayHome(path: home.path)
    return TLSFiles(home, try Configuration(flags: flags, environment: [:], file: nil, home: home))
  }

  private var givenFiles: TLSFiles {
    get throws {
      try configured([.certificate: given.chain.path, .certificateKey: given.key.path])
    }
  }

  /// Writes a file of an operator, as of a second of its own.
  private static func put(_ text: String, _ file: URL, at second: Int) throws {
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000 + Double(second))],
      ofItemAtPath: file.path)
  }

  @Test func `files that were refused are tried again, also when they do not look newer`()
    async throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let authority = try PrivateAuthority(now: now)
    let pairs = try (1...2).map {
      try authority.issue(["a.example"], from: now, until: now + Int64($0) * Self.day)
    }
    try Self.put(pairs[0].chain, given.chain, at: 1)
    try Self.put(pairs[0].key, given.key, at: 1)
    let files = try givenFiles
    let shown = try files.load()
    let records = Records()
    try await watch(files, shown, clock: { [now] in now }, log: { records.add($0) }) { look in
      await look()
      #expect(records.take() == [])
      try Self.put(pairs[1].chain, given.chain, at: 2)
      await look()
      #expect(records.take() == ["certificate-refused"])
      #expect(shown.expires == now + Self.day)
      try Self.put(pairs[1].key, given.key, at: 1)
      await look()
      #expect(records.take() == ["certificate-changed"])
      #expect(shown.expires == now + 2 * Self.day)
      await look()
      #expect(records.take() == [])
    }
  }

  @Test func `what is written while files are taken is found by the next look`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let authority = try PrivateAuthority(now: now)
    let pairs = try (1...3).map {
      try authority.issue(["a.example"], from: now, until: now + Int64($0) * Self.day)
    }
    let given = given
    @Sendable func put(_ number: Int) throws {
      try Self.put(pairs[number - 1].chain, given.chain, at: number)
      try Self.put(pairs[number - 1].key, given.key, at: number)
    }
    try put(1)
    let files = try givenFiles
    let shown = try files.load()
    let records = Records()
    // What is told of has been read, and the look is not over.
    let isFirst = Atomic(true)
    let log: @Sendable (String) -> Void = {
      records.add($0)
      if isFirst.exchange(false, ordering: .relaxed) { try? put(3) }
    }
    try await watch(files, shown, clock: { [now] in now }, log: log) { look in
      await look()
      try put(2)
      await look()
      #expect(shown.expires == now + 2 * Self.day)
      await look()
      #expect(shown.expires == now + 3 * Self.day)
      #expect(records.take() == ["certificate-changed", "certificate-changed"])
    }
  }

  @Test func `the relay's own is renewed as it serves, and a clock that runs ahead does no harm`()
    async throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try RelayProcess.run(["init", "--directory", home.path, "--name", "a.example"])
    #expect(made.status == 0)
    let files = try configured()
    let shown = try files.load()
    let records = Records()
    let ahead = Atomic<Int64>(0)
    let clock: @Sendable () -> Int64 = { [now] in
      now + ahead.load(ordering: .relaxed) * Self.day
    }
    func days() -> Int64 { (shown.expires - now + Self.day / 2) / Self.day }
    try await watch(files, shown, clock: clock, log: { records.add($0) }) { look in
      for (jump, left) in [
        (0, 90), (59, 90), (61, 151), (400, 490),
        // Beyond what certificates are dated back by: it is not good yet when the clock is right again.
        (900, 990), (0, 90),
        // No clock that is right says 1970, or 2200.
        (-20_000, 90), (64_000, 90), (0, 90),
      ] as [(Int64, Int64)] {
        let before = days()
        ahead.store(jump, ordering: .relaxed)
        await look()
        #expect(records.take() == (before == left ? [] : ["certificate-changed"]), "\(jump)")
        #expect(days() == left, "\(jump)")
        #expect(shown.begins <= now || jump == 900)
        await look()
        #expect(records.take() == [])
      }
    }
    let check = try RelayProcess.run(["check", "--directory", home.path, "--port", "0"])
    #expect(check.status == 0)
  }

  @Test
  func `who only looks at a certificate does not renew it, and the relay does when it serves`()
    throws
  {
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try RelayProcess.run(["init", "--directory", home.path, "--name", "a.example"])
    #expect(made.status == 0)
    let files = try configured()
    #expect(!files.isRenewalDue(now: now))
    for isCutOff in [false, true] {
      try files.issue(["a.example"], now: now - 80 * Self.day)
      // A renewal that was interrupted has left its key.
      if isCutOff {
        let other = try RelayHome(path: home.path).authority().issue(
          ["a.example"], from: now, until: now + Self.day)
        try RelayHome(path: home.path).write(other.key, to: home.path + "/certificate.key")
      }
      #expect(files.isRenewalDue(now: now))
      let before = try contents()
      let check = try run("check", "--directory", home.path, "--port", "0")
      #expect(check.status == 0 && check.output.contains("renewed when the relay serves"))
      let shown = try run("certificate", "--directory", home.path)
      if isCutOff {
        #expect(shown.status == 1 && shown.errors.contains("--name NAME"))
      } else {
        #expect(shown.output.contains("renewed when the relay serves"))
      }
      #expect(try contents() == before)
      let relay = try RelayProcess(serving: home, log: folder.appending(path: "log"))
      relay.send(SIGTERM)
      #expect(relay.wait() == 0)
      #expect(try contents() != before && !files.isRenewalDue(now: now))
    }
  }

  private func contents() throws -> [Data] {
    try ["certificate.pem", "certificate.key"].map {
      try Data(contentsOf: home.appending(path: $0))
    }
  }
}
