// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import RelayProtocol
internal import WireFormat

/// The outer layer of an envelope: hides which kind of MLS message it holds, and binds it to its place.
///
/// ```
/// envelope  = version (1) || nonce (24) || XChaCha20-Poly1305(K, plaintext) || tag (16)
/// plaintext = opaque content<V> || zeros               up to exactly the size class
/// struct { uint8 version; opaque channel[32]; opaque id[16]; opaque named<V>; } AssociatedData;
/// ```
///
/// The named hashes are in the associated data, so that nobody without K can make a message turn the
/// lock, or strip a commit of it.
struct OuterLayer: Sendable {
  static let version: UInt8 = 1
  static let overhead = 1 + 24 + 16

  let key: SharedSecret
  let channel: ChannelID

  /// Seals content, or answers nil when it exceeds the largest class.
  ///
  /// The nonce is random: K is shared by all members of an epoch, so no counter could be kept.
  func seal(
    _ content: [UInt8], id: EnvelopeID, named: NamedHashes, random: any RandomSource
  ) throws -> [UInt8]? {
    var writer = WireWriter(reservingCapacity: content.count + 8)
    writer.writeOpaque(content)
    let needed = writer.bytes.count + Self.overhead
    guard let size = SizeClass(fitting: needed, turning: !named.isEmpty) else { return nil }
    let plaintext = writer.bytes + [UInt8](repeating: 0, count: size.byteCount - needed)
    let nonce = random.bytes(24)
    let sealed = try XChaCha20Poly1305.seal(
      plaintext, key: key, nonce: nonce, associatedData: associatedData(id, named))
    return [Self.version] + nonce + sealed
  }

  /// The content of an envelope, or nil for whatever does not open: the sender of a forgery learns
  /// nothing about where it failed.
  func open(_ envelope: [UInt8], id: EnvelopeID, named: NamedHashes) -> [UInt8]? {
    guard let size = SizeClass(byteCount: envelope.count), envelope.first == Self.version,
      named.isEmpty || size >= SizeClass.smallestTurn,
      let plaintext = try? XChaCha20Poly1305.open(
        Array(envelope[25...]), key: key, nonce: Array(envelope[1..<25]),
        associatedData: associatedData(id, named))
    else { return nil }
    var reader = WireReader(plaintext)
    guard let content = try? reader.readOpaque(),
      let padding = try? reader.readFixed(reader.remaining),
      padding.allSatisfy({ $0 == 0 })
    else { return nil }
    return content
  }

  private func associatedData(_ id: EnvelopeID, _ named: NamedHashes) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: 1 + 32 + 16 + 66)
    writer.write(Self.version)
    writer.write(channel)
    writer.write(id)
    writer.write(named)
    return writer.bytes
  }
}
