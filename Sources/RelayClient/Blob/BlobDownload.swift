// SPDX-License-Identifier: Apache-2.0

import Primitives
public import RelayProtocol

/// Reads a blob or a range of it, part by part, at constant memory.
public struct BlobDownload<Connection: BlobConnection>: Sendable {
  private let reference: BlobReference
  private let connection: Connection
  private let access: BlobAccess
  private let patience: BlobPatience

  public init(
    _ reference: BlobReference, from connection: Connection, channel: ChannelID,
    token: AccessToken, patience: BlobPatience = BlobPatience()
  ) {
    self.reference = reference
    self.connection = connection
    self.patience = patience
    access = BlobAccess(channel: channel, token: token, blob: reference.blob)
  }

  /// Hands on the content of a range in order, piece by piece, each of them authentic by itself; what
  /// was interrupted goes on with the rest of the range. Throws ``BlobFailure`` and what `receive` throws.
  ///
  /// - Parameter range: in bytes of the content, the whole of it by default; what lies beyond its end
  ///   is left out.
  public func run(
    _ range: Range<UInt64>? = nil, progress: (BlobProgress) -> Void = { _ in },
    receive: ([UInt8]) async throws -> Void
  ) async throws {
    let wanted = (range ?? 0..<reference.length).clamped(to: 0..<reference.length)
    let cipher: BlobCipher
    do { cipher = try BlobCipher(reference) } catch { throw BlobFailure.notAuthentic }
    let capacity = UInt64(BlobReference.partCapacity)
    // An empty content is read too: that it is empty is for its seal to say.
    let first = wanted.lowerBound / capacity
    let end =
      wanted.isEmpty
      ? first + (reference.length == 0 ? 1 : 0)
      : (wanted.upperBound - 1) / capacity + 1
    try await withThrowingTaskGroup(of: (UInt64, [UInt8]).self) { group in
      var next = first
      func ask() {
        guard next < end, let index = PartIndex(next) else { return }
        next += 1
        group.addTask { try await (UInt64(index.value), read(index, cipher)) }
      }
      for _ in 0..<max(1, patience.parallel) { ask() }
      // What came before its turn; never more than are asked for at once.
      var early: [UInt64: [UInt8]] = [:]
      var turn = first
      var done: UInt64 = 0
      while let (index, content) = try await group.next() {
        early[index] = content
        while let content = early.removeValue(forKey: turn) {
          let start = turn * capacity
          let from = Int(max(wanted.lowerBound, start) - start)
          let to = min(content.count, Int(wanted.upperBound - start))
          if from < to {
            try await receive(
              from == 0 && to == content.count ? content : Array(content[from..<to]))
            done += UInt64(to - from)
            progress(BlobProgress(done: done, total: UInt64(wanted.count)))
          }
          turn += 1
          ask()
        }
      }
    }
  }

  private func read(_ index: PartIndex, _ cipher: BlobCipher) async throws -> [UInt8] {
    do {
      let part = try await patience.call { () throws(RelayError) in
        try await connection.readPart(access, index)
      }
      return try cipher.open(part, index)
    } catch {
      throw BlobFailure(error, otherwise: .notAuthentic)
    }
  }
}
