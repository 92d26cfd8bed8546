// SPDX-License-Identifier: Apache-2.0

import Primitives
public import RelayProtocol

/// Brings a content to a relay, sealed part by part, at constant memory.
///
/// ```
/// prepare: BlobDraft, kept      make or ask -> which parts are there
///                               read, seal, put what is missing, several at once
///                               seal the blob -> the reference may be sent
/// ```
/// A process that ends anywhere in between goes on with the same draft: parts that are there are sealed
/// again, for their hashes, but not sent.
public struct BlobUpload<Connection: BlobConnection>: Sendable {
  private let draft: BlobDraft
  private let connection: Connection
  private let access: BlobAccess
  private let patience: BlobPatience

  public init(
    _ draft: BlobDraft, to connection: Connection, channel: ChannelID, token: AccessToken,
    patience: BlobPatience = BlobPatience()
  ) {
    self.draft = draft
    self.connection = connection
    self.patience = patience
    access = BlobAccess(channel: channel, token: token, blob: draft.reference.blob)
  }

  /// Sends what is missing and seals the blob. Throws ``BlobFailure``.
  ///
  /// - Parameter progress: called after each part, and for those that were there.
  public func run(
    from source: some BlobSource, progress: (BlobProgress) -> Void = { _ in }
  ) async throws(BlobFailure) -> BlobReference {
    let reference = draft.reference
    guard source.length == reference.length else { throw .sourceChanged }
    do {
      let cipher = try BlobCipher(reference)
      let state = try await patience.call { () throws(RelayError) in
        try await connection.makeBlob(access)
      }
      guard let seal = BlobSeal(of: try await send(source, cipher, state, progress)) else {
        throw BlobFailure.tooLong
      }
      try await patience.call { () throws(RelayError) in
        try await connection.sealBlob(access, seal)
      }
      return reference
    } catch {
      throw BlobFailure(error, otherwise: .sourceUnreadable)
    }
  }

  /// Seals every part in order and sends those that are not there; the hashes of all.
  private func send(
    _ source: some BlobSource, _ cipher: BlobCipher, _ state: BlobState,
    _ progress: (BlobProgress) -> Void
  ) async throws -> [PartHash] {
    let reference = draft.reference
    var hashes: [PartHash] = []
    var done: UInt64 = 0
    let slots = SendingSlots(patience.parallel)
    try await withThrowingTaskGroup(of: UInt64.self) { group in
      var sending = 0
      func finish(_ count: UInt64) {
        done += count
        progress(BlobProgress(done: done, total: reference.length))
      }
      for (index, known) in zip(reference.indices, draft.digests) {
        if sending >= max(1, patience.parallel), let count = try await group.next() {
          finish(count)
          sending -= 1
        }
        let range = reference.range(of: index)
        let content = try source.read(at: range.lowerBound, count: range.count)
        // Before it is sealed: a nonce that has met this content must never meet another one.
        guard Digest.sha256(content) == known else { throw BlobFailure.sourceChanged }
        let part = try cipher.seal(content, index)
        hashes.append(PartHash(checked: Digest.sha256(part)))
        let isThere =
          switch state {
          case .sealed: true
          case .open(let parts): parts.contains(index)
          }
        if isThere {
          finish(UInt64(range.count))
          continue
        }
        sending += 1
        group.addTask { [patience, connection, access] in
          try await patience.call { () throws(RelayError) in
            try await slots.run { () throws(RelayError) in
              try await connection.putPart(access, index, part)
            }
          }
          return UInt64(range.count)
        }
      }
      while let count = try await group.next() { finish(count) }
    }
    return hashes
  }
}
