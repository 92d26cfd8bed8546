// SPDX-License-Identifier: Apache-2.0

public import RelayProtocol

/// The keys under which a relay takes postage: its own, and during a change the one before.
public struct PostageKeys: Sendable {
  /// The current one first, at most two.
  public let keys: [PostageKey]
  /// SHA-256 of the relay's TokenChallenge, 32 bytes.
  private let challenge: [UInt8]

  /// - Parameter identity: the relay's Ed25519 key, 32 bytes.
  public init(_ keys: [PostageKey], identity: [UInt8]) {
    self.keys = keys
    challenge = PostageChallenge.digest(identity: identity)
  }

  /// Whether a token is postage here. That it is not spent is for the store to tell.
  public func accept(_ token: PostageToken) -> Bool {
    keys.first { $0.id == token.key }?.isValid(token, challenge: challenge) ?? false
  }
}
