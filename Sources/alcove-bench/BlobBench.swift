// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Primitives
import RelayClient
import RelayProtocol
import Synchronization
import WireFormat

/// One large file up to a relay and down again: how fast, and in how much memory on both sides.
struct BlobBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blob", abstract: "A large file as a blob of an alcove-relay, and its memory.",
    discussion: """
      The upload is cancelled at a third and goes on from the bytes of its draft, as another process would. \
      Memory is the most that was ever resident.
      """)

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Size of the file in MiB.") var mib = 1_024
  @Option(help: "Parts on their way at once.") var parallel = BlobPatience().parallel

  func run() async throws {
    let own = try BenchPlace(directory)
    defer { own.remove() }
    let place = own.path
    let control = Control(directory: place)
    let file = place + "/content"
    let digest = try makeFile(file)
    let relay = try RelayProcess(executable: executable, directory: place + "/relay")
    defer { relay.stop() }
    let client = try RelayClient(RelayAddress("http://127.0.0.1:\(relay.port)"))
    let random = SystemRandom()
    let token = AccessToken(random: random)
    let channel = try ChannelID(bytes: random.bytes(32))
    try await client.create(
      NewChannel(
        id: channel, kind: .relationship, token: token.hash, turn: TurnSecret(random: random).hash))
    var patience = BlobPatience()
    patience.parallel = parallel
    let before = control.measure()

    let source = try FileSource(path: file)
    let start = ContinuousClock.now
    let draft = try BlobDraft(of: source, random: random)
    let prepared = ContinuousClock.now
    let (steps, step) = AsyncStream.makeStream(of: BlobProgress.self)
    let first = Task { [patience] in
      defer { step.finish() }
      _ = try await BlobUpload(
        draft, to: client, channel: channel, token: token, patience: patience
      ).run(from: source) { step.yield($0) }
    }
    for await progress in steps where progress.done >= progress.total / 3 { first.cancel() }
    let isInterrupted = (try? await first.value) == nil
    let interrupted = ContinuousClock.now
    let reference = try await BlobUpload(
      BlobDraft(wireBytes: draft.wireBytes), to: client, channel: channel, token: token,
      patience: patience
    ).run(from: FileSource(path: file))
    let uploaded = ContinuousClock.now
    var hash = RunningSHA256()
    try await BlobDownload(
      reference, from: client, channel: channel, token: token, patience: patience
    ).run { hash.update($0) }
    let downloaded = ContinuousClock.now
    let after = control.measure()

    var table = FigureTable("\(mib) MiB, \(parallel) parts at once", "seconds", "MiB/s")
    func add(_ name: String, _ time: Duration, share: Double = 1) {
      table.add(name, figure(time.seconds, 2), figure(Double(mib) * share / time.seconds, 0))
    }
    add("digest of the content", prepared - start)
    add("first third of the upload, with a second digest", interrupted - prepared, share: 1 / 3)
    add("the rest, with a digest and all seals again", uploaded - interrupted, share: 2 / 3)
    add("download", downloaded - uploaded)
    table.print()
    var memory = FigureTable("most resident memory", "MiB", "target", "")
    for (name, process) in [
      ("this client", ProcessInfo.processInfo.processIdentifier), ("the relay", relay.process),
    ] {
      let most = Self.mostResident(process)
      memory.add(name, figure(most, 1), "< 64", verdict(most < 64))
    }
    memory.print()
    print(
      "flush \(figure(before.flush.microseconds, 0)) us before, \(figure(after.flush.microseconds, 0)) us after;",
      "interrupted: \(isInterrupted); content \(hash.digest() == digest ? "the same" : "DIFFERS")")
    guard hash.digest() == digest, isInterrupted else { throw ExitCode.failure }
  }

  /// A file of random bytes, and its digest.
  private func makeFile(_ path: String) throws -> [UInt8] {
    try Data().write(to: URL(filePath: path))
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    var hash = RunningSHA256()
    for _ in 0..<mib {
      let bytes = SystemRandom().bytes(1 << 20)
      hash.update(bytes)
      try file.write(contentsOf: Data(bytes))
    }
    try file.close()
    return hash.digest()
  }

  /// In MiB, as the kernel counts it.
  private static func mostResident(_ process: Int32) -> Double {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1_024
  }
}
