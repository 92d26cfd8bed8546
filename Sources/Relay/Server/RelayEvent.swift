// SPDX-License-Identifier: Apache-2.0

package import Logging
package import RelayLog

/// All that a relay ever logs: a name from this list with a count, a duration or a class of errors; no id,
/// no address, no text from outside.
package enum RelayEvent: Sendable, Hashable {
  case started
  case draining
  /// The relay has finished what it took.
  ///
  /// - Parameter followers: How many were open when it began, two digits.
  case drained(followers: Int, milliseconds: Int)
  /// It could not finish in its time, and ends without waiting any longer.
  case drainOverdue
  case certificateChanged, certificateRefused
  /// What is shown is good for less than a day, or not any more.
  case certificateEnding
  case storeFailed(StoreFault)
  /// So little is free that nothing is taken, and later that there is room again.
  case lowDisk(freeMebibytes: Int), diskFreed(freeMebibytes: Int)
  /// Retention stands still until the operator confirms the clock, and that it goes on.
  case clockJump, clockTrusted
  /// A restored relay takes repairs alone, and later everything.
  case recoveryBegun, recoveryEnded
  case internalError

  package func log(to logger: Logger) {
    switch self {
    case .storeFailed, .internalError, .certificateRefused, .drainOverdue: logger.error("\(text)")
    case .lowDisk, .clockJump, .certificateEnding: logger.warning("\(text)")
    default: logger.info("\(text)")
    }
  }

  /// The record: a name, and what belongs to it as `key=value`.
  package var text: String {
    switch self {
    case .started: "started"
    case .draining: "draining"
    case .drained(let followers, let milliseconds):
      "drained followers=\(followers) milliseconds=\(milliseconds)"
    case .drainOverdue: "drain-overdue"
    case .certificateChanged: "certificate-changed"
    case .certificateRefused: "certificate-refused"
    case .certificateEnding: "certificate-ending"
    case .storeFailed(let fault): "store-failed class=\(fault.rawValue)"
    case .lowDisk(let free): "low-disk free_mib=\(free)"
    case .diskFreed(let free): "disk-freed free_mib=\(free)"
    case .clockJump: "clock-jump"
    case .clockTrusted: "clock-trusted"
    case .recoveryBegun: "recovery-begun"
    case .recoveryEnded: "recovery-ended"
    case .internalError: "internal-error"
    }
  }
}
