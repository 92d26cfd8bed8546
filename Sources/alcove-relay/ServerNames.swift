// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// Names and addresses for the relay's own certificate.
enum ServerNames {
  /// Under which this machine reaches itself.
  private static let local = ["localhost", "127.0.0.1", "::1"]

  /// Those that were asked for and those of this machine, each once.
  ///
  /// - Parameter next: What to type instead, where one is no name.
  static func all(_ wanted: [String], next: String) throws(Failure) -> [String] {
    var names: [String] = []
    for name in wanted + local {
      let shown = name.contains(":") ? "[\(name)]" : name
      guard let address = try? RelayAddress("https://\(shown)", pin: nil),
        address.host == name.lowercased()
      else { throw .usage("That is neither a name nor an IP address.", next: next) }
      if !names.contains(address.host) { names.append(address.host) }
    }
    return names
  }
}
