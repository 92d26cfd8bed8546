// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A place where tests kill the process: before and after everything that outlives it.
///
/// With `ALCOVE_TEST_HOOKS=1` and `ALCOVE_CRASH_AT=n` in the environment the process kills itself, as
/// `kill -9` would, when it reaches its n-th crash point. Without both this does nothing.
public enum CrashPoint {
  private static let reachedCount = Atomic(0)
  private static let deadly: Int? = {
    guard variable("ALCOVE_TEST_HOOKS") == "1" else { return nil }
    return variable("ALCOVE_CRASH_AT").flatMap { Int($0) }
  }()

  /// Called before and after each write to the disk and each post to a relay.
  public static func reached() {
    guard let deadly else { return }
    let (_, count) = reachedCount.add(1, ordering: .sequentiallyConsistent)
    if count == deadly { kill(getpid(), SIGKILL) }
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
