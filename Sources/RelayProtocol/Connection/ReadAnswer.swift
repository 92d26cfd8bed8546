// SPDX-License-Identifier: Apache-2.0

/// The frames of one read: envelopes and gaps in order, then `turned`, `head` or `caughtUp`.
public struct ReadAnswer: Sendable {
  public let frames: [Frame]
  public let incarnation: Incarnation

  public init(frames: [Frame], incarnation: Incarnation) {
    self.frames = frames
    self.incarnation = incarnation
  }
}
