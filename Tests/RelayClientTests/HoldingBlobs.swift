// SPDX-License-Identifier: Apache-2.0

import RelayClient
import RelayProtocol
import Synchronization

/// A relay's blobs in memory, where no part is answered until so many are on their way.
final class HoldingBlobs: BlobConnection {
  private let base = MemoryBlobs()
  private let wanted: Int
  private let counts = Mutex((underway: 0, most: 0))

  init(until wanted: Int) { self.wanted = wanted }

  /// How many parts were on their way at once.
  var most: Int { counts.withLock { $0.most } }

  func putPart(
    _ blob: BlobAccess, _ index: PartIndex, _ bytes: [UInt8]
  ) async throws(RelayError) {
    counts.withLock { counts in
      counts.underway += 1
      counts.most = max(counts.most, counts.underway)
    }
    defer { counts.withLock { $0.underway -= 1 } }
    // Where they come one by one, the test is not to wait for ever.
    for _ in 0..<600 where most < wanted { try? await Task.sleep(for: .milliseconds(10)) }
    try await base.putPart(blob, index, bytes)
  }

  func makeBlob(_ blob: BlobAccess) async throws(RelayError) -> BlobState {
    try await base.makeBlob(blob)
  }

  func sealBlob(_ blob: BlobAccess, _ seal: BlobSeal) async throws(RelayError) {
    try await base.sealBlob(blob, seal)
  }

  func readPart(_ blob: BlobAccess, _ index: PartIndex) async throws(RelayError) -> [UInt8] {
    try await base.readPart(blob, index)
  }

  func deleteBlob(_ blob: BlobAccess) async throws(RelayError) {
    try await base.deleteBlob(blob)
  }
}
