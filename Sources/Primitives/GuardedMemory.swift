// SPDX-License-Identifier: Apache-2.0

import CSodium
import Synchronization

/// Small secrets share guarded pages: an ordinary user may lock 8 MiB, and one secret a page of
/// its own would use them up after 2,048 keys.
@safe final class GuardedMemory: Sendable {
  static let shared = GuardedMemory()

  /// A place for one secret.
  @safe struct Slot: @unchecked Sendable {
    // Safe to send: the slot has one owner at a time, a ~Copyable value or an immutable object.
    let start: UnsafeMutableRawPointer
    let count: Int
    /// Whether it lies in a slab or has an allocation of its own.
    let isPooled: Bool
  }

  @safe private struct State: @unchecked Sendable {
    var free: [UnsafeMutableRawPointer] = unsafe []
    var isLocked = true
  }

  private static let slotSize = 64
  private static let slabSize = 16_384
  private let state = Mutex(State())

  /// Whether the system locked every page so far: false means that secrets may reach the swap.
  var isLocked: Bool { state.withLock { $0.isLocked } }

  func allocate(_ count: Int) throws(PrimitiveError) -> Slot {
    _ = Sodium.ready
    if count > Self.slotSize {
      guard let start = unsafe sodium_malloc(count) else { throw .outOfMemory }
      unsafe sodium_memzero(start, count)
      unsafe note(start, count)
      return unsafe Slot(start: start, count: count, isPooled: false)
    }
    let start: UnsafeMutableRawPointer? = unsafe state.withLock { state in
      if unsafe state.free.isEmpty {
        guard let slab = unsafe sodium_malloc(Self.slabSize) else { return nil }
        unsafe sodium_memzero(slab, Self.slabSize)
        // A second mlock of locked pages costs nothing and tells whether the first one failed.
        if unsafe sodium_mlock(slab, Self.slabSize) != 0 { state.isLocked = false }
        for offset in stride(from: 0, to: Self.slabSize, by: Self.slotSize) {
          unsafe state.free.append(slab + offset)
        }
      }
      return unsafe state.free.removeLast()
    }
    guard let start = unsafe start else { throw .outOfMemory }
    return unsafe Slot(start: start, count: count, isPooled: true)
  }

  /// Wipes the slot before anyone else can have it.
  func release(_ slot: Slot) {
    if slot.isPooled {
      unsafe sodium_memzero(slot.start, Self.slotSize)
      state.withLock { state in unsafe state.free.append(slot.start) }
    } else {
      unsafe sodium_free(slot.start)
    }
  }

  private func note(_ start: UnsafeMutableRawPointer, _ count: Int) {
    if unsafe sodium_mlock(start, count) != 0 { state.withLock { $0.isLocked = false } }
  }
}
