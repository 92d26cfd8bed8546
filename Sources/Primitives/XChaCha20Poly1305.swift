// SPDX-License-Identifier: Apache-2.0

import CSodium

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): for envelopes and records at rest.
///
/// Its nonce of 24 bytes may be drawn at random for every message under one key.
public enum XChaCha20Poly1305 {
  /// Size of a key in bytes.
  public static let keyLength = 32
  /// Size of a nonce in bytes.
  public static let nonceLength = 24
  /// Size of the tag behind the ciphertext in bytes.
  public static let tagLength = 16

  public static func seal(
    _ plaintext: [UInt8], key: SharedSecret, nonce: [UInt8], associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    try key.withBytes { key throws(PrimitiveError) in
      try seal(plaintext, key, nonce, associatedData)
    }
  }

  public static func seal(
    _ plaintext: [UInt8], key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    try key.withBytes { key throws(PrimitiveError) in
      try seal(plaintext, key, nonce, associatedData)
    }
  }

  public static func open(
    _ sealed: [UInt8], key: SharedSecret, nonce: [UInt8], associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    try key.withBytes { key throws(PrimitiveError) in
      try open(sealed, key, nonce, associatedData)
    }
  }

  public static func open(
    _ sealed: [UInt8], key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    try key.withBytes { key throws(PrimitiveError) in
      try open(sealed, key, nonce, associatedData)
    }
  }

  private static func seal(
    _ plaintext: [UInt8], _ key: RawSpan, _ nonce: [UInt8], _ associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    guard key.byteCount == keyLength, nonce.count == nonceLength else { throw .invalidLength }
    _ = Sodium.ready
    return unsafe key.withUnsafeBytes { key in
      let count = plaintext.count + tagLength
      return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
          buffer.octets, nil, plaintext, UInt64(plaintext.count), associatedData,
          UInt64(associatedData.count), nil, nonce, key.octets)
        filled = count
      }
    }
  }

  private static func open(
    _ sealed: [UInt8], _ key: RawSpan, _ nonce: [UInt8], _ associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    guard key.byteCount == keyLength, nonce.count == nonceLength else { throw .invalidLength }
    guard sealed.count >= tagLength else { throw .authenticationFailed }
    _ = Sodium.ready
    let count = sealed.count - tagLength
    var opened = false
    let plaintext = unsafe key.withUnsafeBytes { key in
      // One byte more than needed, since libsodium wants an address even for an empty message.
      return unsafe [UInt8](unsafeUninitializedCapacity: count + 1) { buffer, filled in
        opened =
          unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
            buffer.octets, nil, nil, sealed, UInt64(sealed.count), associatedData,
            UInt64(associatedData.count), nonce, key.octets) == 0
        filled = opened ? count : 0
      }
    }
    guard opened else { throw .authenticationFailed }
    return plaintext
  }
}
