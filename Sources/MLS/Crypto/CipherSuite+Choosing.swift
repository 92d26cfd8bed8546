// SPDX-License-Identifier: Apache-2.0

extension CipherSuite {
  /// The first of these suites that all clients support: the one to found a group for them with.
  ///
  /// A KeyPackage is of one suite and names all that its client supports, under a signature. So whoever delivers
  /// KeyPackages cannot have a group founded with a worse suite than its members could use, as long as the
  /// founder holds what it is about to use against this (RFC 9420 section 11).
  ///
  /// - Parameters:
  ///   - wanted: The most wanted first.
  ///   - keyPackages: Of those who will be added, each validated (``KeyPackage/validated(_:)``).
  /// - Returns: Nil where they have none in common.
  public static func best(
    of wanted: [CipherSuite] = all, for keyPackages: [KeyPackage]
  ) -> CipherSuite? {
    // RFC 9420 §11
    wanted.first { suite in
      keyPackages.allSatisfy { $0.leafNode.capabilities.cipherSuites.contains(suite.number) }
    }
  }
}
