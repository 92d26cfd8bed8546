// SPDX-License-Identifier: Apache-2.0

/// How a relay listens.
package struct RelaySettings: Sendable {
  /// An address of this machine: plain HTTP is taken on loopback only.
  package var host: String
  /// 0 takes any free port.
  package var port: Int
  package var limits: RelayLimits

  package init(host: String = "127.0.0.1", port: Int, limits: RelayLimits = RelayLimits()) {
    self.host = host
    self.port = port
    self.limits = limits
  }
}
