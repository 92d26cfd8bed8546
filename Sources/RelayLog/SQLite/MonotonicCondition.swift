// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A condition whose waits end by a clock that nobody sets: Foundation's wait by the time of day, and when that is put
/// back by days they last for days.
@safe
final class MonotonicCondition: @unchecked Sendable {
  // Safe to share: the system's own mutex and condition, which stay where they are until the end.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t> = .allocate(capacity: 1)
  private let condition: UnsafeMutablePointer<pthread_cond_t> = .allocate(capacity: 1)

  init() {
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  func withLock<Value>(_ body: () throws -> Value) rethrows -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body()
  }

  func signal() { unsafe pthread_cond_signal(condition) }
  func broadcast() { unsafe pthread_cond_broadcast(condition) }

  /// Under the lock, which is given away meanwhile.
  ///
  /// - Parameter end: Milliseconds of ``now()``; nil to wait for as long as it takes.
  /// - Returns: False once the end has come.
  func wait(until end: Int64?) -> Bool {
    guard let end else {
      unsafe pthread_cond_wait(condition, mutex)
      return true
    }
    var time = timespec(tv_sec: Int(end / 1_000), tv_nsec: Int(end % 1_000) * 1_000_000)
    return unsafe pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
  }

  /// Milliseconds since the machine began.
  static func now() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
