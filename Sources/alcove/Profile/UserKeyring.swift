// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// One key of the kernel's user keyring: it never reaches a disk, and goes by itself after its time.
///
/// Only this user's processes can read it. In containers the calls are often blocked; then everything
/// here answers with nil or false, and commands ask for the passphrase.
struct UserKeyring: Sendable {
  let description: String

  /// The key of one profile, named after where its vault lies.
  init(_ directories: Directories) { description = "alcove:" + directories.vault }

  private static let userKeyring: Int32 = -4  // KEY_SPEC_USER_KEYRING

  /// Stores the secret for so many seconds; false when the kernel does not let us.
  func store(_ secret: [UInt8], seconds: Int64) -> Bool {
    let key = unsafe clinux_add_key("user", description, secret, secret.count, Self.userKeyring)
    guard key >= 0 else { return false }
    let number = UInt(bitPattern: key)
    // Timeout first: a key without an end must not stay if the next call fails.
    // Permissions: whoever possesses it everything, the user view, read and search, nobody else.
    guard clinux_keyctl(Operation.setTimeout, number, UInt(clamping: seconds), 0, 0) == 0,
      clinux_keyctl(Operation.setPermissions, number, 0x3F0B_0000, 0, 0) == 0
    else {
      _ = clinux_keyctl(Operation.invalidate, number, 0, 0, 0)
      return false
    }
    return true
  }

  /// The secret, to be wiped by the caller; nil when it is not there, or its time has passed.
  func read() -> [UInt8]? {
    guard let key = search() else { return nil }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      clinux_keyctl(
        Operation.read, key, UInt(bitPattern: bytes.baseAddress), UInt(bytes.count), 0)
    }
    guard count > 0, count <= buffer.count else { return nil }
    buffer.removeLast(buffer.count - count)
    return buffer
  }

  /// Takes it away at once; false when there was none.
  @discardableResult
  func revoke() -> Bool {
    guard let key = search() else { return false }
    let done = clinux_keyctl(Operation.invalidate, key, 0, 0, 0) == 0
    return done || clinux_keyctl(Operation.revoke, key, 0, 0, 0) == 0
  }

  var holdsKey: Bool { search() != nil }

  private func search() -> UInt? {
    let found = unsafe "user".withCString { type in
      unsafe description.withCString { name in
        clinux_keyctl(
          Operation.search, UInt(bitPattern: Int(Self.userKeyring)), UInt(bitPattern: type),
          UInt(bitPattern: name), 0)
      }
    }
    return found >= 0 ? UInt(bitPattern: found) : nil
  }

  /// keyctl(2)
  private enum Operation {
    static let revoke: Int32 = 3
    static let setPermissions: Int32 = 5
    static let search: Int32 = 10
    static let read: Int32 = 11
    static let setTimeout: Int32 = 15
    static let invalidate: Int32 = 21
  }
}
