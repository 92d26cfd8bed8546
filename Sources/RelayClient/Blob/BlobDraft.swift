// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import RelayProtocol
public import WireFormat

/// What the sender keeps of an upload until it is done, to go on with it in another process. It holds the
/// key: it is kept sealed.
///
/// ```
/// struct { BlobReference reference; opaque content[32][parts]; } BlobDraft;
/// ```
public struct BlobDraft: Sendable, WireEncodable, WireDecodable {
  public let reference: BlobReference
  /// SHA-256 of the content of each part: what goes on must find the same bytes, part by part, before it
  /// seals them.
  let digests: [[UInt8]]

  /// Draws id and key for a content, and reads it once.
  public init(of source: some BlobSource, random: some RandomSource) throws(BlobFailure) {
    do {
      reference = try BlobReference(
        blob: BlobID(random: random), key: random.secret(BlobReference.keyLength),
        length: source.length)
    } catch {
      throw .tooLong
    }
    var digests: [[UInt8]] = []
    for index in reference.indices {
      let range = reference.range(of: index)
      do {
        digests.append(
          Digest.sha256(try source.read(at: range.lowerBound, count: range.count)))
      } catch {
        throw BlobFailure(error, otherwise: .sourceUnreadable)
      }
    }
    self.digests = digests
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(reference)
    for digest in digests { writer.writeFixed(digest) }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    reference = try reader.read()
    var digests: [[UInt8]] = []
    for _ in 0..<reference.parts { digests.append(try reader.readFixed(32)) }
    self.digests = digests
  }
}
