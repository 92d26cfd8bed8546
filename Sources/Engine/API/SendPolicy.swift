// SPDX-License-Identifier: Apache-2.0

/// Whether a message may go to somebody whose safety number was never compared.
public enum SendPolicy: Sendable {
  /// With a notice.
  case allowUnverified
  case requireVerified
}
