// SPDX-License-Identifier: Apache-2.0

/// What a member shows of itself in its leaf, and the key it signs with.
public struct LeafParameters: Sendable {
  public var signatureKey: SignatureKey
  public var credential: Credential
  public var capabilities: Capabilities
  public var extensions: [Extension]
  /// Whether reserved values go with them.
  public var grease: Grease

  public init(
    signatureKey: SignatureKey, credential: Credential, capabilities: Capabilities,
    extensions: [Extension] = [], grease: Grease = .include
  ) {
    self.signatureKey = signatureKey
    self.credential = credential
    self.capabilities = capabilities
    self.extensions = extensions
    self.grease = grease
  }
}
