// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What the HTTP layer needs of a store: every answer follows a durable commit.
package protocol RelayStore: BlobStore {
  var incarnation: Incarnation { get }
  /// What it grants each channel.
  var policy: StorePolicy { get }
  /// False while the clock has jumped and retention waits for the operator's word.
  var isClockTrusted: Bool { get }
  /// Whether it was made of a backup and still takes nothing but what members put back.
  var isRecovering: Bool { get }
  /// The same again is success.
  ///
  /// - Parameter postage: A token whose signature holds.
  func create(
    _ channel: NewChannel, postage: PostageSpending?
  ) async throws(RelayError) -> CreatedChannel
  /// Gives a channel more time; the same again is success.
  func extend(
    _ channel: ChannelID, token: TokenHash, postage: PostageSpending?
  ) async throws(RelayError) -> CreatedChannel
  func append(_ job: AppendJob) async throws(RelayError) -> Appended
  /// Calls `body` with the frames behind a position, checked and taken from one snapshot.
  func read(
    _ channel: ChannelID, token: TokenHash, after: Position, maximumBytes: Int,
    then body: @escaping @Sendable (Result<[Frame], RelayError>) -> Void)
  func close(
    _ channel: ChannelID, token: TokenHash, turn: TurnHash
  ) async throws(RelayError)
  /// Calls `wake` after each commit that lengthened or closed one of `channels`, or of those that are added to the
  /// watch, until it ends.
  func watch(_ channels: [ChannelID], wake: @escaping @Sendable (ChannelID) -> Void) -> Watch
}

extension RelayStore {
  /// Without postage.
  package func create(_ channel: NewChannel) async throws(RelayError) -> CreatedChannel {
    try await create(channel, postage: nil)
  }

  /// The frames behind a position, checked and taken from one snapshot.
  package func read(
    _ channel: ChannelID, token: TokenHash, after: Position, maximumBytes: Int
  ) async throws(RelayError) -> [Frame] {
    let result = await withCheckedContinuation { continuation in
      read(channel, token: token, after: after, maximumBytes: maximumBytes) {
        continuation.resume(returning: $0)
      }
    }
    return try result.get()
  }
}
