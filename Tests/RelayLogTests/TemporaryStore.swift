// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import RelayLog
import RelayProtocol
import Synchronization

/// A store in a folder of its own, which goes with it.
final class TemporaryStore: Sendable {
  let folder: URL
  let random: SeededRandom
  private let failureCount = Atomic(0)

  init(seed: UInt64 = 1) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "alcove-relay-\(UUID().uuidString)")
    random = SeededRandom(seed: seed)
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.appending(path: "relay.sqlite").path }
  /// How often a store of this folder said that nothing is known any more.
  var failures: Int { failureCount.load(ordering: .sequentiallyConsistent) }

  func open(
    _ opening: SQLiteRelayStore.Opening = .creating, policy: StorePolicy = .unhurried,
    surroundings: Surroundings? = nil, observer: (any WriterObserver)? = nil
  ) throws -> SQLiteRelayStore {
    try SQLiteRelayStore(
      path: path, opening: opening, policy: policy,
      surroundings: surroundings ?? Surroundings(at: path, clock: { 1_700_000_000 }),
      observer: observer,
      onFailure: { [self] _ in _ = failureCount.add(1, ordering: .sequentiallyConsistent) })
  }

  /// A store that is open, and a member who has made a channel in it.
  func channel() async throws -> (store: SQLiteRelayStore, member: Member) {
    let store = try open()
    let member = try Member(random)
    _ = try await store.create(member.new)
    return (store, member)
  }

  /// What the store at `path` knows of all its channels.
  static func knowledge(_ path: String) throws -> [ChannelKnowledge] {
    var channels: [ChannelKnowledge] = []
    try SQLiteRelayStore.knowledge(path: path) { channels.append($0) }
    return channels
  }

  /// The file as it lies there; the store must be closed.
  func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  func write(_ bytes: [UInt8]) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.write(contentsOf: Data(bytes))
    try file.truncate(atOffset: UInt64(bytes.count))
    try file.close()
  }
}

extension StorePolicy {
  /// For tests that are not about limits.
  static let unhurried = StorePolicy(appendsPerSecond: 1_000_000, appendBurst: 1_000_000)
}

/// Clocks and a disk that a test moves.
final class MovedSurroundings: Sendable {
  private let seconds: Atomic<Int64>
  private let milliseconds = Atomic<Int64>(0)
  /// How far a look at the clock moves it, in milliseconds.
  private let step = Atomic<Int64>(1)
  private let free = Atomic<UInt64>(1 << 40)

  init(day: Int64) { seconds = Atomic(day * 86_400 + 40_000) }

  func moveClock(days: Int64) { seconds.add(days * 86_400, ordering: .relaxed) }
  func moveTicks(seconds: Int64) { milliseconds.add(seconds * 1_000, ordering: .relaxed) }
  /// From now on it moves by ``moveTicks(seconds:)`` alone.
  func stopTicks() { step.store(0, ordering: .relaxed) }
  func setFree(_ bytes: UInt64) { free.store(bytes, ordering: .relaxed) }

  var surroundings: Surroundings {
    Surroundings(
      clock: { [self] in seconds.load(ordering: .relaxed) },
      ticks: { [self] in
        milliseconds.add(step.load(ordering: .relaxed), ordering: .relaxed).newValue
      },
      freeBytes: { [self] in free.load(ordering: .relaxed) })
  }
}

/// A channel as its members see it: the secrets of every epoch so far.
struct Member {
  let channel: ChannelID
  private(set) var epochs: [(token: AccessToken, turn: TurnSecret)]
  let random: SeededRandom

  init(_ random: SeededRandom) throws {
    self.random = random
    channel = try ChannelID(bytes: random.bytes(32))
    epochs = [(AccessToken(random: random), TurnSecret(random: random))]
  }

  var new: NewChannel { new(.relationship) }

  func new(_ kind: ChannelClass) -> NewChannel {
    NewChannel(id: channel, kind: kind, token: epochs[0].token.hash, turn: epochs[0].turn.hash)
  }

  var token: AccessToken { epochs[epochs.count - 1].token }

  func message(epoch: Int? = nil, size: Int = 1_024) -> Append {
    Append(
      channel: channel, token: epochs[epoch ?? epochs.count - 1].token,
      id: EnvelopeID(random: random), envelope: random.bytes(size))
  }

  /// A turn of the epoch that is current here, and the secrets that it would install.
  func turn() -> (append: Append, next: (token: AccessToken, turn: TurnSecret)) {
    let next = (token: AccessToken(random: random), turn: TurnSecret(random: random))
    let current = epochs[epochs.count - 1]
    let append = Append(
      channel: channel, token: current.token, id: EnvelopeID(random: random), turn: current.turn,
      named: NamedHashes(token: next.token, turn: next.turn), envelope: random.bytes(16_384))
    return (append, next)
  }

  mutating func advance(_ next: (token: AccessToken, turn: TurnSecret)) { epochs.append(next) }
}

extension SQLiteRelayStore {
  func append(_ append: Append) async throws(RelayError) -> Appended {
    try await self.append(AppendJob(append))
  }

  func read(
    _ member: Member, epoch: Int? = nil, after: UInt64 = 0, maximumBytes: Int = 8 << 20
  ) async throws(RelayError) -> [Frame] {
    try await read(
      member.channel, token: member.epochs[epoch ?? member.epochs.count - 1].token.hash,
      after: Position(after), maximumBytes: maximumBytes)
  }
}

extension [Frame] {
  var entries: [EnvelopeEntry] {
    compactMap { if case .envelope(let entry) = $0.body { entry } else { nil } }
  }
}
