// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How a relay listens.
package struct RelaySettings: Sendable {
  package enum Place: Sendable, Hashable {
    /// An address of this machine; port 0 takes any free one.
    case network(host: String, port: Int)
    /// A Unix socket at this path, with these permissions; one that was left there is replaced.
    case socket(path: String, mode: UInt32)
  }

  package var place: Place
  /// What is shown to whoever connects; nil for plain HTTP.
  package var certificate: ServerCertificate?
  package var limits: RelayLimits

  package init(
    place: Place, certificate: ServerCertificate? = nil, limits: RelayLimits = RelayLimits()
  ) {
    self.place = place
    self.certificate = certificate
    self.limits = limits
  }

  package init(host: String = "127.0.0.1", port: Int, limits: RelayLimits = RelayLimits()) {
    self.init(place: .network(host: host, port: port), limits: limits)
  }
}

extension RelaySettings.Place {
  /// Lets in who may come, once the place is listened on: until then a socket is the process's own, by its
  /// `umask`. False when the system refuses.
  func letIn() -> Bool {
    switch self {
    case .network: true
    case .socket(let path, let mode): unsafe chmod(path, mode) == 0
    }
  }
}
