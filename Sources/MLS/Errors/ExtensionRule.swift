// SPDX-License-Identifier: Apache-2.0

/// A rule for a list of extensions, RFC 9420 sections 13.4 and 11.1.
public enum ExtensionRule: Equatable, Sendable {
  case duplicateType
  /// The data of a known extension does not parse.
  case malformed
  /// A member does not support it.
  case unsupported
  /// A member lacks what `required_capabilities` asks for.
  case requiredCapabilities
  /// The application refused a credential in `external_senders`.
  case externalSenderCredential
}
