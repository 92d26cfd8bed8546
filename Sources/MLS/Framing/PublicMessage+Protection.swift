// SPDX-License-Identifier: Apache-2.0

package import Primitives
import WireFormat

extension PublicMessage {
  /// Frames signed content, with the tag that only members can make; RFC 9420 section 6.2.
  package init(
    protecting message: AuthenticatedContent, membershipKey: SharedSecret, context: [UInt8],
    suite: CipherSuite
  ) throws(MLSError) {
    // RFC 9420 §6
    if case .application = message.content.body {
      throw .invalidMessage(.unencryptedApplicationData)
    }
    var tag: [UInt8]?
    if case .member = message.content.sender {
      tag = suite.mac(key: membershipKey, Self.toBeMACed(message, context))
    }
    self.init(content: message.content, auth: message.auth, membershipTag: tag)
  }

  /// The content, where the tag is a member's; its signature is still to be verified.
  package func content(
    membershipKey: SharedSecret, context: [UInt8], suite: CipherSuite
  ) throws(MLSError) -> AuthenticatedContent {
    let message = authenticatedContent
    // RFC 9420 §6
    if case .application = content.body { throw .invalidMessage(.unencryptedApplicationData) }
    if case .member = content.sender {
      // RFC 9420 §6.2
      guard
        let membershipTag,
        suite.isValid(mac: membershipTag, key: membershipKey, Self.toBeMACed(message, context))
      else { throw .invalidMessage(.membershipTag) }
    }
    return message
  }

  /// ```
  /// struct {
  ///   FramedContentTBS content_tbs;
  ///   FramedContentAuthData auth;
  /// } AuthenticatedContentTBM;
  /// ```
  private static func toBeMACed(_ message: AuthenticatedContent, _ context: [UInt8]) -> [UInt8] {
    var writer = WireWriter()
    writer.writeFixed(
      AuthenticatedContent.toBeSigned(message.content, message.wireFormat, context))
    writer.write(message.auth)
    return writer.bytes
  }
}
