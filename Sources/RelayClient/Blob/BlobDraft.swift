// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import RelayProtocol
public import WireFormat

/// What the sender keeps of an upload until it is done, to go on with it in another process. It holds the
/// key: it is kept sealed.
///
/// ```
/// struct { BlobReference reference; opaque digest[32]; } BlobDraft;
/// ```
public struct BlobDraft: Sendable, WireEncodable, WireDecodable {
  public let reference: BlobReference
  /// SHA-256 of the content.
  let digest: [UInt8]

  /// Draws id and key for a content, and reads it once: an upload that goes on must find the same bytes.
  public init(of source: some BlobSource, random: some RandomSource) throws(BlobFailure) {
    do {
      reference = try BlobReference(
        blob: BlobID(random: random), key: random.secret(BlobReference.keyLength),
        length: source.length)
    } catch {
      throw .tooLong
    }
    digest = try Self.digest(of: source)
  }

  static func digest(of source: some BlobSource) throws(BlobFailure) -> [UInt8] {
    var hash = RunningSHA256()
    var offset: UInt64 = 0
    let piece = UInt64(BlobReference.partCapacity)
    while offset < source.length {
      let count = min(piece, source.length - offset)
      do {
        hash.update(try source.read(at: offset, count: Int(count)))
      } catch {
        throw BlobFailure(error, otherwise: .sourceUnreadable)
      }
      offset += count
    }
    return hash.digest()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(reference)
    writer.writeFixed(digest)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    reference = try reader.read()
    digest = try reader.readFixed(32)
  }
}
