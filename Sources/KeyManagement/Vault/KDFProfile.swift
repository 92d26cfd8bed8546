// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What a guess of the passphrase costs.
public struct KDFProfile: Sendable, Hashable {
  public let parameters: Argon2id.Parameters

  /// 256 MiB and 3 passes: about a second of one core for each guess.
  public static let standard = KDFProfile(
    parameters: Argon2id.Parameters(memoryKiB: 256 * 1024, passes: 3))

  /// No protection of a passphrase at all, so that tests need not wait.
  public static let insecureForTests = KDFProfile(
    parameters: Argon2id.Parameters(memoryKiB: 64, passes: 1))

  /// Whether a guess costs as much as it should.
  public var isStrong: Bool {
    parameters.memoryKiB >= Self.standard.parameters.memoryKiB
      && parameters.passes >= Self.standard.parameters.passes
  }
}
