// SPDX-License-Identifier: Apache-2.0

package import Logging

/// All that a relay ever logs: a name from this list, a count or a class, no id and no address.
package enum RelayEvent: String, Sendable {
  case started, draining, stopped
  case certificateChanged = "certificate-changed"
  case certificateRefused = "certificate-refused"
  case storeFailed = "store-failed"
  case internalError = "internal-error"

  package func log(to logger: Logger) {
    switch self {
    case .started, .draining, .stopped, .certificateChanged: logger.info("\(rawValue)")
    case .storeFailed, .internalError, .certificateRefused: logger.error("\(rawValue)")
    }
  }
}
