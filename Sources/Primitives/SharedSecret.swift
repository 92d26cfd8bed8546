// SPDX-License-Identifier: Apache-2.0

import CSodium
public import FoundationEssentials

/// A secret inside a group's state: immutable, shared by reference, wiped with its last owner.
///
/// It lies on the ordinary heap, since a group holds thousands of them and locked pages are few.
@safe
public final class SharedSecret: Sendable, ContiguousBytes, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable
{
  /// The number of bytes.
  public let count: Int
  // Safe to share: written in the initialisers alone, before anyone else has the object.
  nonisolated(unsafe) private let start: UnsafeMutableRawPointer

  package init(copying source: UnsafeRawBufferPointer) {
    count = source.count
    unsafe start = .allocate(byteCount: max(source.count, 1), alignment: 16)
    if let base = source.baseAddress {
      unsafe start.copyMemory(from: base, byteCount: source.count)
    }
  }

  /// Bytes that `fill` writes; nobody else sees them on the way.
  package init<E: Error>(
    count: Int, fill: (UnsafeMutableRawBufferPointer) throws(E) -> Void
  ) throws(E) {
    self.count = count
    unsafe start = .allocate(byteCount: max(count, 1), alignment: 16)
    try unsafe fill(UnsafeMutableRawBufferPointer(start: start, count: count))
  }

  /// Takes the bytes over and wipes where they came from.
  public convenience init(wiping bytes: inout [UInt8]) {
    self.init(bytes)
    unsafe bytes.withUnsafeMutableBytes { source in
      if let base = source.baseAddress { unsafe sodium_memzero(base, source.count) }
    }
  }

  /// A copy; the source keeps its bytes. For test vectors and for bytes that are wiped elsewhere.
  public convenience init(_ bytes: [UInt8]) {
    unsafe self.init(count: bytes.count) { target in
      unsafe target.copyBytes(from: bytes)
    }
  }

  /// Zeros, as MLS uses in place of a secret that there is not.
  public convenience init(zeros count: Int) {
    unsafe self.init(count: count) { target in
      for index in 0..<count { unsafe target[index] = 0 }
    }
  }

  deinit {
    unsafe sodium_memzero(start, count)
    unsafe start.deallocate()
  }

  /// Lends the bytes for the time of the call.
  public func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
    return try body(unsafe buffer.bytes)
  }

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try unsafe body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// The bytes as an array, which the caller wipes: only to write them into state that is then sealed.
  public func exposedBytes() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe Array($0) }
  }

  /// Whether both hold the same bytes, in time that does not depend on them.
  public func equals(_ other: SharedSecret) -> Bool {
    guard count == other.count else { return false }
    return unsafe sodium_memcmp(start, other.start, count) == 0
  }

  public var description: String { "SharedSecret(redacted)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
