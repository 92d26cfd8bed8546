// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Primitives

/// A compact JWS (RFC 7515 §3.1) with the header of a consent line, not yet verified.
///
/// ```
/// base64url(header) "." base64url(payload) "." base64url(signature)
/// header = {"alg":"EdDSA","kid":RFC 7638 thumbprint,"typ":"alcove-consent+jws"}
/// ```
///
/// The header may take this one form and no other, but for `Ed25519` (RFC 9864) as `alg`: no key, no
/// address of a key, no `crit`, no `b64`. So nothing in a line can choose how it is verified.
struct CompactJWS {
  /// As received; what is verified is a part of these bytes.
  let bytes: [UInt8]
  let keyThumbprint: KeyThumbprint
  let payload: [UInt8]
  let signature: [UInt8]
  private let signingInputCount: Int

  init(_ bytes: [UInt8]) throws(ConsentError) {
    guard bytes.count <= UnverifiedLine.maximumBytes else { throw .line(.tooLarge) }
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .line(.compactForm) }
    self.bytes = bytes
    signingInputCount = parts[0].count + 1 + parts[1].count
    keyThumbprint = try CompactJWS.keyThumbprint(inHeader: try CompactJWS.decode(parts[0]))
    payload = try CompactJWS.decode(parts[1])
    signature = try CompactJWS.decode(parts[2])
    guard signature.count == 64 else { throw .line(.compactForm) }
  }

  /// Checks the signature over the bytes as received.
  func isSigned(by device: DeviceKey) -> Bool {
    // A 'kid' is only a name: the key is the caller's, but it must be the key that the line names.
    KeyThumbprint(of: device) == keyThumbprint
      && Ed25519.verify(
        signature: signature, message: Array(bytes[..<signingInputCount]), publicKey: device.bytes)
  }

  // MARK: Writing

  static func signingInput(payload: [UInt8], key: KeyThumbprint) -> [UInt8] {
    Array((Encoded.text(header(algorithm: "EdDSA", key: key)) + "." + Encoded.text(payload)).utf8)
  }

  static func assemble(signingInput: [UInt8], signature: [UInt8]) -> [UInt8] {
    signingInput + Array(("." + Encoded.text(signature)).utf8)
  }

  // MARK: Header

  private static func header(algorithm: String, key: KeyThumbprint) -> [UInt8] {
    JSONValue.object([
      JSONMember("alg", .string(algorithm)),
      JSONMember("kid", .string(key.text)),
      JSONMember("typ", .string("alcove-consent+jws")),
    ]).bytes
  }

  private static func keyThumbprint(
    inHeader header: [UInt8]
  ) throws(ConsentError) -> KeyThumbprint {
    let value: JSONValue
    do {
      value = try JSONReader.read(header, maximumBytes: 256, maximumDepth: 2)
    } catch {
      throw .json(error)
    }
    guard case .object(let members) = value,
      let kid = members.first(where: { $0.name.utf8.elementsEqual("kid".utf8) }),
      case .string(let name) = kid.value
    else { throw .line(.header) }
    let key = KeyThumbprint(bytes: try Encoded.bytes(of: name))
    // Exactly: the bytes, not only what they mean.
    guard key.bytes.count == 32,
      header == self.header(algorithm: "EdDSA", key: key)
        || header == self.header(algorithm: "Ed25519", key: key)
    else { throw .line(.header) }
    return key
  }

  private static func decode(_ part: ArraySlice<UInt8>) throws(ConsentError) -> [UInt8] {
    guard let text = String(validating: part, as: UTF8.self) else { throw .line(.base64url) }
    return try Encoded.bytes(of: text)
  }
}
