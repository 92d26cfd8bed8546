// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import WireFormat

/// Seals and opens the parts of one blob, each by itself, so that any of them can be read alone.
final class BlobCipher: Sendable {
  private let key: SecretBytes
  private let reference: BlobReference

  init(_ reference: BlobReference) throws(PrimitiveError) {
    self.reference = reference
    key = try SecretBytes(copying: reference.key)
  }

  /// "Alcove 1.0 blob" || whether the part is the last || uint64 index, 24 bytes.
  ///
  /// A key seals one content, and each place of it has a nonce of its own. The index keeps parts from
  /// being reordered, the mark of the last from being cut off behind or going on after it.
  private func nonce(_ index: PartIndex) -> [UInt8] {
    let isLast: UInt8 = index.value + 1 == reference.parts ? 1 : 0
    return Array("Alcove 1.0 blob".utf8) + [isLast] + UInt64(index.value).wireBytes
  }

  /// A part as it lies at the relay: padded with zeros, with its tag.
  func seal(_ content: [UInt8], _ index: PartIndex) throws(PrimitiveError) -> [UInt8] {
    guard content.count == reference.range(of: index).count else { throw .invalidLength }
    var padded = content
    padded += [UInt8](repeating: 0, count: BlobReference.partCapacity - content.count)
    return try XChaCha20Poly1305.seal(
      padded, key: key, nonce: nonce(index), associatedData: reference.blob.bytes)
  }

  /// The content of a part. Its padding must be zeros: one content has one sealed form.
  func open(_ part: [UInt8], _ index: PartIndex) throws(PrimitiveError) -> [UInt8] {
    guard part.count == PartIndex.partLength else { throw .authenticationFailed }
    var content = try XChaCha20Poly1305.open(
      part, key: key, nonce: nonce(index), associatedData: reference.blob.bytes)
    let count = reference.range(of: index).count
    let padding = Array(content[count...])
    guard constantTimeEquals(padding, [UInt8](repeating: 0, count: padding.count)) else {
      throw .authenticationFailed
    }
    content.removeLast(content.count - count)
    return content
  }
}
