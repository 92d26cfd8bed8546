// SPDX-License-Identifier: Apache-2.0

import Relay
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// A store that says what it is told to: what a real one says when its disk or its queue fails.
final class RefusingStore: RelayStore {
  private let base: SQLiteRelayStore
  private let refusal = Mutex<RelayProblem?>(nil)
  private let damaged = Mutex<ChannelID?>(nil)
  /// What reads are answered with, while they are held.
  private let held = Mutex<[@Sendable () -> Void]?>(nil)

  init(_ base: SQLiteRelayStore) { self.base = base }

  /// A relay that has nothing but such a store.
  static func run(
    certificate: ServerCertificate? = nil,
    _ body: @Sendable @escaping (LiveRelay, RefusingStore) async throws -> Void
  ) async throws {
    let refusing = Mutex<RefusingStore?>(nil)
    try await LiveRelay.run(
      certificate: certificate,
      serving: { store in
        let made = RefusingStore(store)
        refusing.withLock { $0 = made }
        return made
      }
    ) { relay in
      try await body(relay, #require(refusing.withLock { $0 }))
    }
  }

  func refuse(_ problem: RelayProblem?) { refusal.withLock { $0 = problem } }

  /// From now on the bodies of one channel cannot be read.
  func damage(_ channel: ChannelID) { damaged.withLock { $0 = channel } }

  /// From now on no read is answered.
  func holdReads() { held.withLock { $0 = [] } }

  /// How many reads wait for their answer.
  var heldReads: Int { held.withLock { $0?.count ?? 0 } }

  /// Answers what was held.
  func releaseReads() {
    for answer in held.withLock({ $0.take() }) ?? [] { answer() }
  }

  private func check() throws(RelayError) {
    if let problem = refusal.withLock({ $0 }) { throw .refused(problem) }
  }

  var incarnation: Incarnation { base.incarnation }
  var policy: StorePolicy { base.policy }
  var isClockTrusted: Bool { base.isClockTrusted }
  var isRecovering: Bool { base.isRecovering }

  func create(
    _ channel: NewChannel, postage: PostageSpending?
  ) async throws(RelayError) -> CreatedChannel {
    try check()
    return try await base.create(channel, postage: postage)
  }

  func extend(
    _ channel: ChannelID, token: TokenHash, postage: PostageSpending?
  ) async throws(RelayError) -> CreatedChannel {
    try check()
    return try await base.extend(channel, token: token, postage: postage)
  }

  func append(_ job: AppendJob) async throws(RelayError) -> Appended {
    try check()
    return try await base.append(job)
  }

  func read(
    _ channel: ChannelID, token: TokenHash, after: Position, maximumBytes: Int,
    then body: @escaping @Sendable (Result<[Frame], RelayError>) -> Void
  ) {
    let isHeld = held.withLock { held in
      held?.append { [self] in
        read(channel, token: token, after: after, maximumBytes: maximumBytes, then: body)
      }
      return held != nil
    }
    if isHeld { return }
    do throws(RelayError) { try check() } catch { return body(.failure(error)) }
    if damaged.withLock({ $0 }) == channel { return body(.failure(.refused(.damaged))) }
    base.read(channel, token: token, after: after, maximumBytes: maximumBytes, then: body)
  }

  func close(
    _ channel: ChannelID, token: TokenHash, turn: TurnHash
  ) async throws(RelayError) {
    try check()
    try await base.close(channel, token: token, turn: turn)
  }

  func watch(_ channels: [ChannelID], wake: @escaping @Sendable (ChannelID) -> Void) -> Watch {
    base.watch(channels, wake: wake)
  }

  func makeBlob(_ place: BlobPlace) async throws(RelayError) -> (state: BlobState, isNew: Bool) {
    try check()
    return try await base.makeBlob(place)
  }

  func blobState(_ place: BlobPlace) async throws(RelayError) -> BlobState {
    try check()
    return try await base.blobState(place)
  }

  func putPart(
    _ place: BlobPlace, _ index: PartIndex,
    receive: ((_ piece: [UInt8]) async throws -> Void) async throws -> Void
  ) async throws {
    // The bytes come first: a disk fails under them, not before.
    try await base.putPart(place, index, receive: receive)
    try check()
  }

  func sealBlob(_ place: BlobPlace, _ seal: BlobSeal) async throws(RelayError) {
    try check()
    try await base.sealBlob(place, seal)
  }

  func readBlob(
    _ place: BlobPlace,
    select: @escaping @Sendable (UInt64) throws(RelayError) -> Range<UInt64>
  ) async throws(RelayError) -> BlobContents {
    try check()
    return try await base.readBlob(place, select: select)
  }

  func deleteBlob(_ place: BlobPlace) async throws(RelayError) {
    try check()
    try await base.deleteBlob(place)
  }
}
