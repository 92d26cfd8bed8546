// SPDX-License-Identifier: Apache-2.0

import CSodium

/// A key in the hand: bytes in guarded, locked memory, wiped when the value ends.
///
/// It cannot be copied by accident, printed, compared with `==` or encoded.
public struct SecretBytes: ~Copyable, Sendable {
  private let slot: GuardedMemory.Slot

  /// The number of bytes.
  public var count: Int { slot.count }

  /// Fresh random bytes from the system.
  public init(random count: Int) throws(PrimitiveError) {
    slot = try GuardedMemory.shared.allocate(count)
    unsafe randombytes_buf(slot.start, count)
  }

  /// Takes the bytes over and wipes where they came from.
  public init(consumingAndWiping bytes: inout [UInt8]) throws(PrimitiveError) {
    let slot = try GuardedMemory.shared.allocate(bytes.count)
    unsafe bytes.withUnsafeMutableBytes { source in
      if let base = source.baseAddress {
        unsafe slot.start.copyMemory(from: base, byteCount: source.count)
        unsafe sodium_memzero(base, source.count)
      }
    }
    self.slot = slot
  }

  public init(copying secret: SharedSecret) throws(PrimitiveError) {
    let slot = try GuardedMemory.shared.allocate(secret.count)
    unsafe secret.withUnsafeBytes { source in
      if let base = source.baseAddress {
        unsafe slot.start.copyMemory(from: base, byteCount: source.count)
      }
    }
    self.slot = slot
  }

  /// Bytes that `fill` writes; nobody else sees them on the way.
  package init(
    count: Int, fill: (UnsafeMutableRawBufferPointer) throws(PrimitiveError) -> Void
  ) throws(PrimitiveError) {
    let slot = try GuardedMemory.shared.allocate(count)
    do {
      try unsafe fill(UnsafeMutableRawBufferPointer(start: slot.start, count: count))
    } catch {
      GuardedMemory.shared.release(slot)
      throw error
    }
    self.slot = slot
  }

  deinit { GuardedMemory.shared.release(slot) }

  public borrowing func copy() throws(PrimitiveError) -> SecretBytes {
    let from = unsafe slot.start
    let count = count
    return unsafe try SecretBytes(count: count) { target throws(PrimitiveError) in
      unsafe target.copyMemory(from: UnsafeRawBufferPointer(start: from, count: count))
    }
  }

  /// The same bytes as a value that a group's state can share.
  public borrowing func shared() -> SharedSecret {
    withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe SharedSecret(copying: $0) } }
  }

  /// Lends the bytes for the time of the call.
  public borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R)
    throws(E) -> R
  {
    let buffer = unsafe UnsafeRawBufferPointer(start: slot.start, count: slot.count)
    return try body(unsafe buffer.bytes)
  }

  /// Whether both hold the same bytes, in time that does not depend on them.
  public borrowing func equals(_ other: borrowing SecretBytes) -> Bool {
    guard count == other.count else { return false }
    return unsafe sodium_memcmp(slot.start, other.slot.start, count) == 0
  }

  /// Whether every guarded page is locked: false means that secrets may reach the swap.
  public static var memoryIsLocked: Bool { GuardedMemory.shared.isLocked }
}
