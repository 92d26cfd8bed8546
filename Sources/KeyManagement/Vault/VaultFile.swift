// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import WireFormat

/// A vault file as it was read: whole, and not yet opened.
///
/// ```
/// VaultHeader || VaultEntry entries<V> || tag (32) || BLAKE2b-256 of everything before (32)
/// ```
///
/// The checksum needs no key: it tells a damaged file from a wrong passphrase. The tag, HMAC-SHA256 under
/// a key of the master key, tells a forged file from a true one.
struct VaultFile: Sendable {
  /// No profile has more than some thousand relationships.
  static let maximumSize = 16 << 20
  private static let tagLength = 32
  private static let checksumLength = 32

  let header: VaultHeader
  var entries: [VaultEntry]
  private let body: [UInt8]
  private let tag: [UInt8]

  init(header: VaultHeader, entries: [VaultEntry]) {
    self.header = header
    self.entries = entries
    body = []
    tag = []
  }

  init(_ bytes: [UInt8]) throws(VaultError) {
    // The magic and the version come first in every version, the rest only in this one.
    var start = WireReader(bytes)
    do {
      guard try start.readFixed(8) == VaultHeader.magic else { throw VaultError.damaged }
      let version = try start.readUInt16()
      let isWhole = Self.isWhole(bytes)
      if isWhole, version > VaultHeader.version { throw VaultError.newerVersion }
      guard isWhole else { throw VaultError.damaged }
      let end = bytes.count - Self.checksumLength - Self.tagLength
      guard end >= 0 else { throw VaultError.damaged }
      body = Array(bytes[..<end])
      tag = Array(bytes[end..<end + Self.tagLength])
      var reader = WireReader(body)
      header = try VaultHeader(from: &reader)
      entries = try reader.readVector()
      try reader.finish()
    } catch let error as VaultError {
      throw error
    } catch { throw .damaged }
  }

  /// Whether the keys made this very file.
  func isAuthentic(under keys: borrowing VaultKeys) -> Bool {
    constantTimeEquals(keys.tag(body), tag)
  }

  /// The file as it is written.
  func bytes(under keys: borrowing VaultKeys) -> [UInt8] {
    var writer = WireWriter()
    writer.write(header)
    writer.writeVector(entries)
    writer.writeFixed(keys.tag(writer.bytes))
    writer.writeFixed(Digest.blake2b256(writer.bytes))
    return writer.bytes
  }

  private static func isWhole(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > checksumLength else { return false }
    return constantTimeEquals(
      Digest.blake2b256(Array(bytes.dropLast(checksumLength))), Array(bytes.suffix(checksumLength)))
  }
}
