// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A standing interest in some channels; it ends when it is released.
package final class Watch: Sendable {
  private let end: @Sendable () -> Void

  init(end: @escaping @Sendable () -> Void) { self.end = end }

  deinit { end() }
}
