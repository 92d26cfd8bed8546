// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What the HTTP layer needs of a store for blobs: every answer follows a durable commit.
package protocol BlobStore: Sendable {
  /// The same again is success, and tells how far the blob is.
  func makeBlob(_ place: BlobPlace) async throws(RelayError) -> (state: BlobState, isNew: Bool)
  /// How far a blob is.
  func blobState(_ place: BlobPlace) async throws(RelayError) -> BlobState
  /// Keeps one part: judged before `receive` is called, which hands over the bytes piece by piece as
  /// they arrive, and again when they are on the disk. The same again is success.
  func putPart(
    _ place: BlobPlace, _ index: PartIndex,
    receive: ((_ piece: [UInt8]) async throws -> Void) async throws -> Void
  ) async throws
  /// The same again is success.
  func sealBlob(_ place: BlobPlace, _ seal: BlobSeal) async throws(RelayError)
  /// The stretch of a sealed blob that `select` chooses of its length in bytes.
  func readBlob(
    _ place: BlobPlace,
    select: @escaping @Sendable (UInt64) throws(RelayError) -> Range<UInt64>
  ) async throws(RelayError) -> BlobContents
  /// The same again is success.
  func deleteBlob(_ place: BlobPlace) async throws(RelayError)
}
