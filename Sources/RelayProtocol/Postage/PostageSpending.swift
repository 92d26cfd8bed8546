// SPDX-License-Identifier: Apache-2.0

/// A token whose signature holds, and what it is to pay for: all that a store needs to know of it.
public struct PostageSpending: Sendable, Hashable {
  public let key: PostageKeyID
  public let nonce: PostageNonce
  public let purpose: PostagePurpose

  public init(key: PostageKeyID, nonce: PostageNonce, purpose: PostagePurpose) {
    self.key = key
    self.nonce = nonce
    self.purpose = purpose
  }

  public init(_ token: PostageToken, for purpose: PostagePurpose) {
    self.init(key: token.key, nonce: token.nonce, purpose: purpose)
  }
}
