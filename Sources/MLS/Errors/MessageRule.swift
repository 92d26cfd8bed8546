// SPDX-License-Identifier: Apache-2.0

/// A rule for messages, RFC 9420 section 6.
public enum MessageRule: Equatable, Sendable {
  case signature
  case membershipTag
  /// An application message that is not encrypted.
  case unencryptedApplicationData
  case padding
  case blankSender
  /// This sender type may not send this.
  case senderType
  case externalSenderIndex
  /// Another kind of message than the operation takes.
  case kind
  /// A message of one's own: its keys are used up by sending it.
  case ownMessage
  /// Proposals have been received that must be committed before data is sent.
  case proposalsPending
}
