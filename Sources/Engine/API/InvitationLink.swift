// SPDX-License-Identifier: Apache-2.0

internal import Primitives
public import RelayProtocol

/// The one-time link that starts a relationship.
///
/// ```
/// alcove:#1/RELAY ADDRESS/BLOB
/// BLOB = base64url( opaque pin[16] || opaque secret[16] || opaque offer[16] )     64 characters
/// ```
///
/// The secret gives the intake channel its id, token and key; `offer` is the first half of the SHA-256
/// of the offer that lies there, so that whoever runs the relay cannot put another in its place. All of
/// it stands behind `#`: a program that takes it for the address of a page sends none of it anywhere.
public struct InvitationLink: Sendable, Equatable {
  public static let prefix = "alcove:#"
  public static let version = "1"
  /// The longest text that is looked at.
  public static let maximumLength = 2_048

  public let relay: RelayAddress
  let secret: SharedSecret
  /// 16 bytes.
  let offerHash: [UInt8]

  init(relay: RelayAddress, secret: SharedSecret, offerHash: [UInt8]) {
    self.relay = relay
    self.secret = secret
    self.offerHash = offerHash
  }

  /// Reads a link.
  ///
  /// The blob has a fixed length and comes last, so that a link cut short anywhere is known as such.
  ///
  /// - Throws: ``EngineError/Code/linkMalformed``, ``EngineError/Code/linkTruncated`` or
  ///   ``EngineError/Code/linkForeignVersion``.
  public init(_ text: String) throws(EngineError) {
    let text = text.filter { !$0.isWhitespace }
    guard text.utf8.count <= Self.maximumLength else { throw EngineError(.linkMalformed) }
    guard text.hasPrefix(Self.prefix) else {
      throw EngineError(
        !text.isEmpty && Self.prefix.hasPrefix(text) ? .linkTruncated : .linkMalformed)
    }
    let parts = text.dropFirst(Self.prefix.count).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let version = parts.first, !version.isEmpty, version.allSatisfy(\.isNumber) else {
      throw EngineError(text == Self.prefix ? .linkTruncated : .linkMalformed)
    }
    guard version == Self.version else { throw EngineError(.linkForeignVersion) }
    guard parts.count == 2, let slash = parts[1].lastIndex(of: "/") else {
      throw EngineError(.linkTruncated)
    }
    let blob = parts[1][parts[1].index(after: slash)...]
    guard blob.utf8.count >= Self.blobLength else { throw EngineError(.linkTruncated) }
    guard blob.utf8.count == Self.blobLength,
      var bytes = Base64URL.decode(blob), bytes.count == 48
    else { throw EngineError(.linkMalformed) }
    defer { for index in bytes.indices { bytes[index] = 0 } }
    let pin = Array(bytes[0..<16])
    do {
      relay = try RelayAddress(
        String(parts[1][..<slash]), pin: pin.allSatisfy { $0 == 0 } ? nil : RelayPin(checked: pin))
    } catch {
      throw EngineError(.linkMalformed)
    }
    var secret = Array(bytes[16..<32])
    self.secret = SharedSecret(wiping: &secret)
    offerHash = Array(bytes[32..<48])
  }

  private static let blobLength = 64

  /// The link as it is handed over. It is a secret until it has been used.
  public var text: String {
    let blob = (relay.pin?.bytes ?? [UInt8](repeating: 0, count: 16)) + secret.exposedBytes()
    return "\(Self.prefix)\(Self.version)/\(relay.text)/\(Base64URL.encode(blob + offerHash))"
  }

  public static func == (one: InvitationLink, other: InvitationLink) -> Bool {
    one.relay == other.relay && one.offerHash == other.offerHash
      && one.secret.equals(other.secret)
  }
}

extension InvitationLink: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { "InvitationLink(redacted)" }
  public var debugDescription: String { description }
}
