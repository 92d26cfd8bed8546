// SPDX-License-Identifier: Apache-2.0

/// The part of a relay that keeps blobs, as its clients see it. Every call is safe to repeat.
public protocol BlobConnection: Sendable {
  /// Makes a blob, or tells how far it is: this is how an upload goes on after an interruption.
  func makeBlob(_ blob: BlobAccess) async throws(RelayError) -> BlobState
  /// Puts one part in its place, durably. `bytes` are exactly one part.
  func putPart(
    _ blob: BlobAccess, _ index: PartIndex, _ bytes: [UInt8]
  ) async throws(RelayError)
  /// Ends the upload: from here on the blob can be read.
  func sealBlob(_ blob: BlobAccess, _ seal: BlobSeal) async throws(RelayError)
  /// One part of a sealed blob.
  func readPart(_ blob: BlobAccess, _ index: PartIndex) async throws(RelayError) -> [UInt8]
  /// Takes a blob away for good; the same again is success.
  func deleteBlob(_ blob: BlobAccess) async throws(RelayError)
}
