// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Relay
import RelayClient
import RelayLog
import RelayProtocol
import Synchronization
import Testing
import WireFormat

/// Uploads whose client or whose relay does not live to see their end.
@Suite(.serialized) struct BlobRecoveryTests {
  private static let capacity = BlobReference.partCapacity
  private static var new: NewChannel {
    NewChannel(
      id: ClientFixture.channel, kind: .relationship, token: ClientFixture.token.hash,
      turn: ClientFixture.turn.hash)
  }

  /// A folder with a content of some parts, and the draft of its upload.
  private static func prepare(_ parts: Int) throws -> (folder: URL, content: [UInt8]) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "alcove-blob-\(UUID())")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let content = SystemRandom().bytes(parts * capacity - 7)
    try Data(content).write(to: folder.appending(path: "content"))
    let source = try FileSource(path: folder.appending(path: "content").path)
    let draft = try BlobDraft(of: source, random: SystemRandom())
    try Data(draft.wireBytes).write(to: folder.appending(path: "draft"))
    return (folder, content)
  }

  /// Uploads what lies in a folder, as a process does that knows nothing else.
  private static func upload(
    _ folder: String, _ client: RelayClient, attempts: Int = 6,
    progress: (BlobProgress) -> Void = { _ in }
  ) async throws -> BlobReference {
    var patience = BlobPatience()
    patience.attempts = attempts
    let bytes = try Data(contentsOf: URL(filePath: folder + "/draft"))
    return try await BlobUpload(
      BlobDraft(wireBytes: Array(bytes)), to: client, channel: ClientFixture.channel,
      token: ClientFixture.token, patience: patience
    ).run(from: FileSource(path: folder + "/content"), progress: progress)
  }

  private static func download(
    _ reference: BlobReference, _ client: RelayClient
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await BlobDownload(
      reference, from: client, channel: ClientFixture.channel, token: ClientFixture.token
    ).run { bytes += $0 }
    return bytes
  }

  @Test func `a client that is killed in the middle of an upload goes on in another process`()
    async throws
  {
    let (folder, content) = try Self.prepare(8)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await LiveRelay.serve(RelaySettings(port: 0)) { port in
      try await LiveRelay.withClient(of: RelayAddress("http://127.0.0.1:\(port)")) { client in
        try await client.create(Self.new)
        for _ in 0..<2 {
          await #expect(processExitsWith: .signal(SIGKILL)) {
            [port = port as Int, folder = folder.path as String] in
            let client = try RelayClient(RelayAddress("http://127.0.0.1:\(port)"))
            var began: UInt64?
            _ = try await BlobRecoveryTests.upload(folder, client) { progress in
              // What was there is told first; then two parts more.
              let first = began ?? progress.done
              began = first
              if progress.done >= first + (2 << 20) { kill(getpid(), SIGKILL) }
            }
          }
        }
        let bytes = try Data(contentsOf: folder.appending(path: "draft"))
        let draft = try BlobDraft(wireBytes: Array(bytes))
        let access = BlobAccess(
          channel: ClientFixture.channel, token: ClientFixture.token, blob: draft.reference.blob)
        guard case .open(let parts) = try await client.makeBlob(access) else {
          Issue.record("a killed client has sealed its blob")
          return
        }
        #expect(parts.count > 0)
        let reference = try await Self.upload(folder.path, client)
        #expect(try await Self.download(reference, client) == content)
      }
    }
  }

  @Test func `a blob that a restored relay has lost is told as missing, and uploaded again`()
    async throws
  {
    let (folder, content) = try Self.prepare(2)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (old, backup, new) = (
      folder.path + "/old.sqlite", folder.path + "/backup.sqlite", folder.path + "/new.sqlite"
    )
    let later = Atomic<Int64>(0)
    func open(
      _ path: String, _ opening: SQLiteRelayStore.Opening
    ) throws -> SQLiteRelayStore {
      try SQLiteRelayStore(
        path: path, opening: opening,
        surroundings: Surroundings(
          clock: { 1_700_000_000 },
          ticks: { Surroundings.ticks() + later.load(ordering: .relaxed) },
          freeBytes: { 1 << 40 }), onFailure: { _ in })
    }
    func serve<Answer>(
      _ store: SQLiteRelayStore, _ body: (RelayClient) async throws -> Answer
    ) async throws -> Answer {
      defer { store.stop() }
      return try await LiveRelay.serve(RelaySettings(port: 0), store) { port in
        try await LiveRelay.withClient(of: RelayAddress("http://127.0.0.1:\(port)"), body)
      }
    }
    let reference = try await serve(open(old, .creating)) { client in
      try await client.create(Self.new)
      try SQLiteRelayStore.backUp(path: old, to: backup)
      return try await Self.upload(folder.path, client)
    }
    try SQLiteRelayStore.restore(from: backup, to: new, day: 1_700_000_000 / 86_400)
    try await serve(open(new, .existing)) { client in
      await #expect(throws: BlobFailure.relay(.refused(.noSuchBlob))) {
        _ = try await Self.download(reference, client)
      }
      // Not yet: first members put their logs together again.
      await #expect(throws: BlobFailure.relay(.refused(.recovering))) {
        _ = try await Self.upload(folder.path, client, attempts: 1)
      }
      later.store(15 * 60 * 1_000, ordering: .relaxed)
      // The same draft: what was sent before, its reference, is good again.
      let again = try await Self.upload(folder.path, client)
      #expect(again.wireBytes == reference.wireBytes)
      #expect(try await Self.download(reference, client) == content)
    }
  }
}
