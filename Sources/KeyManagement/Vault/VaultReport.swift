// SPDX-License-Identifier: Apache-2.0

/// What a vault file tells without being opened.
public struct VaultReport: Sendable, Hashable {
  /// What a guess of its passphrase costs.
  public let profile: KDFProfile
  /// How often its master key was replaced, from 1.
  public let generation: UInt64
  public let entryCount: Int
}
